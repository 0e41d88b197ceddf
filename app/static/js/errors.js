/**
 * Every way in which the browser's half says no: the same stable codes as the server's (`ledger/errors.py`),
 * so that one catalogue of texts serves both.
 */

/** Root of all errors; `code` is stable, `params` are the facts a sentence about it needs. */
export class LedgerError extends Error {
  /**
   * @param {string} code
   * @param {Record<string, unknown>} [params]
   */
  constructor(code, params = {}) {
    super(code);
    this.name = this.constructor.name;
    this.code = code;
    this.params = params;
  }
}

/** Bytes that are not in the one permitted form. */
export class FormatError extends LedgerError {}

/** A signature, or the key it claims, that does not hold arithmetically. */
export class SignatureFault extends LedgerError {}

/** A proof, checkpoint, tile or receipt that does not show what it should. */
export class ProofError extends LedgerError {}

/** The device cannot do what is asked: no crypto, no storage, no key, or the person said no. */
export class DeviceError extends LedgerError {}

/** A well-formed statement that the co-op's state or rules do not permit; `problem` is the server's whole answer. */
export class Refusal extends LedgerError {
  /**
   * @param {string} code
   * @param {Record<string, unknown>} params
   * @param {Record<string, unknown>} [problem]
   */
  constructor(code, params, problem = {}) {
    super(code, params);
    this.problem = problem;
  }
}

/**
 * The server showed a checkpoint that cannot stand beside one it signed earlier. `evidence` holds both signed
 * notes as text; whoever has the log's public key can judge them without trusting this device.
 */
export class ContradictionError extends ProofError {
  /**
   * @param {string} code
   * @param {{origin: string, vkey: string, kept: string, shown: string, proof: string[], conclusive: boolean, changes?: import("./trust.js").KeyChange[]}} evidence
   *   `conclusive`: same size, two roots. Otherwise the server merely failed to show that one tree extends the other.
   */
  constructor(code, evidence) {
    super(code, { origin: evidence.origin });
    this.evidence = evidence;
  }
}
