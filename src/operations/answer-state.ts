import type { Connection } from '../configuration/model.ts'
import { type Filed, filedPieces, listFiled, type PartPlace } from '../control/filed-fulfilments.ts'
import { greatest, text8 } from '../events/decimal.ts'
import { vendorQuantity } from '../rules/quantities.ts'
import type { OperationDeps } from './dependencies.ts'
import { shippableLines } from './file-fulfilment.ts'
import { openToShip } from './open-to-ship.ts'
import { partSent } from './order-timeline.ts'
import type { Principal } from './principal.ts'

/** What a vendor answered about its part, and what is left to answer. */
export interface AnswerState {
  /** Number of answers: a form that was opened before the last one is out of date. */
  readonly version: number
  readonly isConfirmed: boolean
  readonly isRejected: boolean
  /** The shop has the order on hold. */
  readonly isHeld: boolean
  /** Lines that are shipped on their own. */
  readonly lines: readonly AnswerLine[]
  /** Names of carriers that the shop knows. */
  readonly carriers: readonly string[]
}

/** Quantities are decimals as text. */
export interface AnswerLine {
  readonly line: string
  readonly sku: string
  readonly name: string
  readonly wanted: string
  readonly shipped: string
  readonly open: string
}

/** Nothing is open in a part that was withdrawn. Throws as `partSent` does. */
export async function answerState(
  deps: Pick<OperationDeps, 'tables' | 'staged' | 'clock'>,
  by: Principal,
  place: PartPlace,
  { fulfilments: { carriers } }: Connection,
): Promise<AnswerState> {
  const { data, canceled, held } = await partSent(deps, by, place)
  const filed = await listFiled(deps.tables, place)
  const has = (kind: Filed['kind']) => filed.some((one) => one.kind === kind)
  return {
    version: filed.length,
    isConfirmed: has('confirmation'),
    isRejected: has('cancellation'),
    isHeld: held,
    lines: canceled
      ? []
      : shippableLines(data).map((line) => ({
          line: line.lineId,
          sku: line.sku,
          name: line.name,
          wanted: text8(vendorQuantity(line)),
          shipped: text8(greatest(line.quantityShipped, filedPieces(filed, 'shipment', line.lineId))),
          open: text8(openToShip(line, filed)),
        })),
    carriers: Object.keys(carriers),
  }
}
