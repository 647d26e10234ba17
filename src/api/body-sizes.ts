/** Bytes that a body may have: of requests, which name things; of hooks; of documents and orders, which hold them. */
export const REQUEST_BYTES = 64 * 1024
export const HOOK_BYTES = 256 * 1024
/** What a table takes is less than half of it. */
export const DOCUMENT_BYTES = 1024 * 1024
