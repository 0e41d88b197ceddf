"""How members decide, as pages tell it: rules, effects and outcomes in words, and the forms that spell them."""
