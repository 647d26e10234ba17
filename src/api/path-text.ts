import { Type } from 'typebox'

/** Ids, SKUs and order numbers are parts of paths; what systems use stays far below this. */
export const LONGEST_PARAMETER = 500

/** A part of a path, as text. */
export function PathText(description?: string) {
  const limits = { minLength: 1, maxLength: LONGEST_PARAMETER }
  return Type.String(description === undefined ? limits : { ...limits, description })
}
