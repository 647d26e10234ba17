import { type PricePlan, planPrices } from './plan-prices.ts'
import type { PriceRefusal } from './price-services.ts'
import { PriceSettings } from './price-settings.ts'
import { productFinder } from './product-finder.ts'
import { type RowNotes, type RowWriter, withoutProduct } from './row-writer.ts'
import { saveBasePrices, saveCosts, saveSpecialPrices, saveTierPrices } from './save-prices.ts'
import type { Shop } from './shop.ts'
import { type RowResult, rowFailed, rowWritten, type StagedRow } from './staged-row.ts'

interface PlannedRow {
  readonly row: StagedRow
  readonly plan: PricePlan
}

/**
 * Writes prices as the module does: through the price services, those of a batch that differ in one call of each kind.
 * Parts of a row that are refused hold up no others, of this row or another. A row whose prices change by themselves at
 * some time is written again then.
 */
export const writePrices: RowWriter = ({ shop, settings }, rows, notes) => {
  const priceSettings = new PriceSettings(settings)
  const find = productFinder(shop)
  const now = Math.floor(shop.clock.now().getTime() / 1000)
  const planned: PlannedRow[] = []
  for (const row of rows) {
    const product = find(String(row.row['sku']))
    if (product === undefined) {
      notes.end(row, withoutProduct(row, shop))
      continue
    }
    try {
      planned.push({ row, plan: planPrices(row, product.sku, priceSettings, now) })
    } catch (error) {
      notes.end(row, rowFailed(error))
    }
  }
  const first = planned.filter(({ row }) => row.attempts === 0)
  const apart = planned.filter(({ row }) => row.attempts > 0)
  for (const one of writeTogether(shop, first, notes) ? apart : [...first, ...apart]) writeApart(shop, one, notes)
}

/** @returns false: something failed that is of no row, and the rows have no result yet */
function writeTogether(shop: Shop, planned: readonly PlannedRow[], notes: RowNotes): boolean {
  notes.begin(planned.map(({ row }) => row))
  let failures: Failures
  try {
    failures = save(
      shop,
      planned.map(({ plan }) => plan),
    )
  } catch {
    return false
  }
  for (const { row, plan } of planned) notes.end(row, resultOf(plan, failures))
  return true
}

function writeApart(shop: Shop, { row, plan }: PlannedRow, notes: RowNotes): void {
  notes.begin([row])
  let result: RowResult
  try {
    result = resultOf(plan, save(shop, [plan]))
  } catch (error) {
    result = rowFailed(error, plan.dueAt)
  }
  notes.end(row, result)
}

/** Messages of what was refused, by SKU in lower case. */
type Failures = ReadonlyMap<string, readonly string[]>

function save(shop: Shop, plans: readonly PricePlan[]): Failures {
  const kinds = [saveBasePrices, saveTierPrices, saveSpecialPrices, saveCosts]
  const refusals = kinds.flatMap((saveKind) => failuresOf(saveKind(shop, plans), plans))
  const bySku = Map.groupBy(refusals, ({ sku }) => sku)
  return new Map([...bySku].map(([sku, ofSku]) => [sku, ofSku.map(({ text }) => text)]))
}

/** @throws Error for a refusal that does not name its SKU, unless there is only one */
function failuresOf(refusals: readonly PriceRefusal[], plans: readonly PricePlan[]) {
  return refusals.map(({ message, parameters }) => {
    const text = message.replaceAll(/%(\w+)/g, (place, name: string) => String(parameters[name] ?? place))
    const { SKU, fieldName, fieldValue } = parameters
    const named = SKU ?? (fieldName === 'SKU' ? fieldValue : undefined)
    const sku = plans.length === 1 ? plans[0]?.sku : named
    if (sku === undefined || sku === null) throw new Error(text)
    return { sku: String(sku).toLowerCase(), text }
  })
}

function resultOf({ sku, refused, dueAt }: PricePlan, failures: Failures): RowResult {
  const errors = new Set([...refused, ...(failures.get(sku.toLowerCase()) ?? [])])
  return errors.size === 0 ? rowWritten(false, dueAt) : rowFailed([...errors].join(' '), dueAt)
}
