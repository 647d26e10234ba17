import { flag, text } from '../command.ts'

/** Options that several commands have, with the same meaning in each. */
export const json = flag('print JSON; errors are JSON on standard error')
export const by = text('who', 'who does it (default: the user of this machine)')
export const reason = text('text', 'why; kept in the audit trail')
export const yes = flag('confirm it; without this, the command says what it would affect and stops')
export const after = text('place', 'continue a list where the last page ended')
export const showPersonal = flag('show personal data, which is masked otherwise; the audit trail records it')
export const source = text('shop', 'the shop, where several have an order of that number')
export const limit = (usual: number, most: number) => text('n', `at most so many (default: ${usual}, at most ${most})`)
