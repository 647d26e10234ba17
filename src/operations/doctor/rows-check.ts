import type { LookedAt } from '../unreadable-rows.ts'
import { type Check, type Finding, fail, ok } from './finding.ts'

const ROWS = 'rows'
/** Maximum number of rows with a finding of their own. */
const SHOWN = 20

export function rowsCheck(look: () => Promise<LookedAt>): Check {
  return { name: ROWS, run: async () => judgeRows(await look()) }
}

export function judgeRows({ rows, inPart }: LookedAt): readonly Finding[] {
  const more =
    inPart.length === 0 ? '' : ` (checked only in part: ${inPart.join(', ')}; waldstream rows list checks all rows)`
  if (rows.length === 0) return [ok(ROWS, `every row can be read${more}`)]
  const shown = rows.slice(0, SHOWN).map(({ why, command }) => fail(ROWS, why, `restore the row, or ${command}`))
  const rest = rows.length - shown.length
  return rest === 0 ? shown : [...shown, fail(ROWS, `${rest} more cannot be read`, 'waldstream rows list')]
}
