import { flag, text } from '../command.ts'

/** Options of several commands, with the same meaning in each. */
export const json = flag('print JSON; errors are JSON on standard error')
export const by = text('who', 'who does it (default: the user of this machine)')
export const reason = text('text', 'why; stored in the audit trail')
export const yes = flag('confirm it; without this, the command prints the effects and stops')
export const after = text('place', 'continue a list where the last page ended')
export const showPersonal = flag('show personal data, which is otherwise masked; the audit trail records it')
export const source = text('shop', 'the shop, if several have an order with that number')
export const limit = (usual: number, most: number) => text('n', `maximum number (default: ${usual}, at most ${most})`)
