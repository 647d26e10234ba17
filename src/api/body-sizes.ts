/** Maximum bytes of bodies: of ordinary requests, of hooks, and of documents and orders. */
export const REQUEST_BYTES = 64 * 1024
export const HOOK_BYTES = 256 * 1024
/** A row of a table holds less than half of this; a thousand keys of rows fit. */
export const DOCUMENT_BYTES = 1024 * 1024
