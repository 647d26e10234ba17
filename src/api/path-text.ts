import { Type } from 'typebox'

/** Maximum length of ids, SKUs and order numbers in paths; real ones are far shorter. */
export const LONGEST_PARAMETER = 500

/** The schema of a text in a path. */
export function PathText(description?: string) {
  const limits = { minLength: 1, maxLength: LONGEST_PARAMETER }
  return Type.String(description === undefined ? limits : { ...limits, description })
}
