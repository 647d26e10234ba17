import type { LetterState } from '../../api/answers.ts'

export const states: readonly LetterState[] = ['open', 'retrying', 'resolved', 'discarded']

/** The state in an address; `open` if there is none. */
export function stateOf(given: string | undefined): LetterState {
  return states.find((one) => one === given) ?? 'open'
}
