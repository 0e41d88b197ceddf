/** Shows the API's description with the vendored Swagger UI. */

const place = document.getElementById("docs");

globalThis.SwaggerUIBundle({
  url: place.dataset.url,
  domNode: place,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // nothing is sent elsewhere
});
