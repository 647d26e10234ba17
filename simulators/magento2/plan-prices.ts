import { groupOf, type PriceSettings, type PriceWebsite } from './price-settings.ts'
import { isDeleted, type StagedRow } from './staged-row.ts'

/** A special price with its first and last day, `Y-m-d H:i:s`. */
export interface PlannedSpecial {
  readonly price: number
  readonly from: string | null
  readonly to: string | null
}

/** A price of a quantity for a customer group. */
export interface PlannedTier {
  readonly group: string
  readonly quantity: number
  readonly price: number
}

/** The prices that a product is to have. */
export interface PricePlan {
  readonly sku: string
  readonly settings: PriceSettings
  /** Absent: it stays, as a product must have one. */
  base?: number
  /** Null: none. Absent: it stays. */
  special?: PlannedSpecial | null
  /** By place. Other tier prices of these groups go. */
  readonly tiers: Map<string, PlannedTier>
  /** Groups whose tier prices stay, because some of them are refused. */
  readonly keptGroups: Set<string>
  /** Null: none. Absent: it stays. */
  cost?: number | null
  /** Why parts of the row are not written. */
  readonly refused: string[]
  /** Seconds since 1970: when other prices become valid. */
  dueAt: number | null
}

/** A product has one tier price of each place. */
export const placeOf = ({ group, quantity }: Pick<PlannedTier, 'group' | 'quantity'>): string =>
  `${group.toLowerCase()}|${quantity}`

interface Level {
  readonly level: string
  readonly price: string | null
  readonly currency: string | null
  readonly tiers: readonly { readonly from: string; readonly price: string }[]
  readonly valid_from?: string | null
  readonly valid_to?: string | null
}

interface PricesData {
  readonly currency?: string | null
  readonly cost?: string | null
  readonly levels?: readonly Level[]
}

/** A level that may become a price. Times in seconds since 1970. */
interface Choice {
  readonly target: string
  readonly website: PriceWebsite
  readonly level: Level
  readonly begins: number | null
  readonly ends: number | null
}

/**
 * The prices of a row that are valid at `now` (seconds since 1970), as the module plans them (`PlanPrices.php`).
 * @throws Error for a price, quantity or time that is none
 */
export function planPrices(row: StagedRow, sku: string, settings: PriceSettings, now: number): PricePlan {
  const plan: PricePlan = { sku, settings, tiers: new Map(), keptGroups: new Set(), refused: [], dueAt: null }
  if (settings.writesSpecial()) plan.special = null
  if (settings.writesCost) plan.cost = null
  if (isDeleted(row)) return plan
  const data: PricesData = row.row.data
  const choices = (data.levels ?? []).flatMap((level) => choicesOf(plan, level, now))
  for (const rivals of Map.groupBy(choices, ({ target }) => kindOf(target)).values()) {
    const chosen = choose(plan, rivals, now)
    if (chosen !== null) add(plan, chosen)
  }
  planCost(plan, data)
  return plan
}

/** What the prices of a target are: those of one group have several spellings. */
const kindOf = (target: string): string => (groupOf(target) ?? target).toLowerCase()

function choicesOf(plan: PricePlan, level: Level, now: number): Choice[] {
  const [begins, ends] = [timeOf(level.valid_from), timeOf(level.valid_to)]
  return plan.settings.targetsOf(level.level).flatMap((target) => {
    // It only has larger quantities, so it replaces no price of one piece.
    if (level.price === null && groupOf(target) === null) return []
    const website = websiteOf(plan, `Level "${level.level}"`, level.currency)
    if (website === 'refused') keep(plan, target)
    if (website === null || website === 'refused') return []
    for (const time of [begins, ends]) {
      if (time !== null && time > now) plan.dueAt = Math.min(time, plan.dueAt ?? time)
    }
    return [{ target, website, level, begins, ends }]
  })
}

/** The website that a price is for. A currency other than its own is refused; an unknown one counts as its own. */
function websiteOf({ settings, refused }: PricePlan, what: string, currency: string | null) {
  const website = settings.websiteOf(currency)
  if (website === null || currency === null || currency === website.currency) return website
  const where = `the base currency of the website "${website.code}" is ${website.currency}`
  const remedy = `Give ${currency} a website of that currency, or leave it out ("${currency} =").`
  refused.push(`${what} is in ${currency}, but ${where}. ${remedy}`)
  return 'refused'
}

/**
 * The level that counts: of those valid now, that which began last; of those that began together, the one that ends
 * first. A special price may be one that begins later.
 */
function choose(plan: PricePlan, choices: readonly Choice[], now: number): Choice | null {
  const valid = choices.filter(({ begins, ends }) => (begins ?? now) <= now && (ends ?? now + 1) > now)
  const later = choices.filter(({ begins }) => (begins ?? now) > now)
  const latestFirst = valid.toSorted((a, b) => compare(startOf(b), startOf(a)) || compare(endOf(a), endOf(b)))
  const nextFirst = later.toSorted((a, b) => compare(startOf(a), startOf(b)) || compare(endOf(a), endOf(b)))
  return firstOf(plan, valid.length === 0 && choices[0]?.target === 'special' ? nextFirst : latestFirst)
}

/** The first of the sorted choices. If it only has larger quantities, the prices of smaller ones are those of the next. */
function firstOf(plan: PricePlan, [first, ...others]: readonly Choice[]): Choice | null {
  if (first === undefined) return null
  const rival = others.find(
    (one) => startOf(one) === startOf(first) && (one.level.level !== first.level.level || endOf(one) === endOf(first)),
  )
  if (rival !== undefined) return refuse(plan, first, rival)
  if (first.level.price !== null || others.length === 0) return first
  const next = firstOf(plan, others)
  return next === null ? null : { ...first, level: above(first.level, next.level) }
}

function refuse(plan: PricePlan, { target, website, level }: Choice, rival: Choice): null {
  const both = `Levels "${level.level}" and "${rival.level.level}" are both "${target}" of the website "${website.code}".`
  plan.refused.push(`${both} Leave one of them out.`)
  keep(plan, target)
  return null
}

/** A level that only has larger quantities, with the prices of smaller ones of the level that it replaces. */
function above(level: Level, replaced: Level): Level {
  const from = (tier: Level['tiers'][number]) => numberOf(tier.from, `quantity of level "${level.level}"`)
  const lowest = Math.min(...level.tiers.map(from))
  const smaller = replaced.tiers.filter((tier) => from(tier) < lowest)
  return { ...level, price: replaced.price, tiers: [...smaller, ...level.tiers] }
}

const startOf = ({ begins }: Choice): number => begins ?? Number.NEGATIVE_INFINITY
const endOf = ({ ends }: Choice): number => ends ?? Number.POSITIVE_INFINITY
const compare = (a: number, b: number): number => Number(a > b) - Number(a < b)

/** Leaves special and tier prices as they are. */
function keep(plan: PricePlan, target: string): void {
  if (target === 'special') delete plan.special
  const group = groupOf(target)
  if (group !== null) plan.keptGroups.add(group.toLowerCase())
}

function add(plan: PricePlan, { target, website, level, begins, ends }: Choice): void {
  const what = `level "${level.level}"`
  const price = level.price === null ? null : numberOf(level.price, `price of ${what}`)
  if (target === 'base' && price !== null) plan.base = price
  if (target === 'special' && price !== null) plan.special = specialOf(price, begins, ends, website.zone)
  const group = groupOf(target)
  if (group === null) return
  const ofOne = level.price === null || target === 'tier' ? [] : [{ from: '1', price: level.price }]
  for (const tier of [...ofOne, ...level.tiers]) {
    const quantity = numberOf(tier.from, `quantity of ${what}`)
    const planned = { group, quantity, price: numberOf(tier.price, `price of ${what}`) }
    plan.tiers.set(placeOf(planned), planned)
  }
}

function planCost(plan: PricePlan, { cost, currency }: PricesData): void {
  if (plan.cost === undefined || cost == null) return
  const amount = numberOf(cost, 'cost')
  const website = websiteOf(plan, 'The cost', currency ?? null)
  if (website === null || website === 'refused') delete plan.cost
  else plan.cost = amount
}

/** Magento counts whole days of the store's zone, both included. The end is the first moment after the period. */
function specialOf(price: number, begins: number | null, ends: number | null, zone: string): PlannedSpecial {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const day = (seconds: number | null) => (seconds === null ? null : `${format.format(seconds * 1000)} 00:00:00`)
  return { price, from: day(begins), to: day(ends === null ? null : ends - 1) }
}

/** A number with the digits that the catalog has room for. */
function numberOf(text: string, what: string): number {
  if (text.trim() === '' || !Number.isFinite(Number(text))) throw new Error(`"${text}" is no number: ${what}`)
  return Math.round(Number(text) * 10_000) / 10_000
}

/** Seconds since 1970. */
function timeOf(text: string | null | undefined): number | null {
  if (text === null || text === undefined) return null
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new Error(`"${text}" is no time`)
  return Math.floor(time / 1000)
}
