import { format } from 'node:util'
import { escapedControls } from '../platform/escaped-controls.ts'

/** Lines and columns of commands' own texts. */
const KEPT = '\n\t'

/**
 * Escapes control characters in all that commands print: they print texts of others, for example a vendor's answer, the
 * number of an order, or the header of a record. A string of JSON has the same value with them escaped.
 */
export function escapePrinted(console: Pick<Console, 'log' | 'error'>): void {
  for (const name of ['log', 'error'] as const) {
    const print = console[name].bind(console)
    console[name] = (...texts: unknown[]) => print(escapedControls(format(...texts), KEPT))
  }
}
