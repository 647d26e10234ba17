import type { Random } from '../harness/random.ts'
import { toCents } from './money.ts'
import type { Sellable } from './sellable.ts'

/** A product as put into the cart: simple, a variant, with custom options, or one that is never shipped. */
export interface BoughtProduct {
  kind: 'product'
  sellable: Sellable
  qty: number
  type: 'simple' | 'virtual' | 'downloadable'
  /** Its SKU is appended to the product's, after a dash. */
  option?: { id: number; value: string; sku: string }
  /** Fixed product tax per piece, in cents. */
  productTax: number
}

/** A bundle. It has a fixed price, or costs what its components do; in that case its SKU is composed of theirs. */
export interface BoughtBundle {
  kind: 'bundle'
  pricing: 'fixed' | 'dynamic'
  id: number
  sku: string
  name: string
  qty: number
  components: readonly { sellable: Sellable; each: number }[]
}

export type Bought = BoughtProduct | BoughtBundle

export interface Goods {
  vendor: readonly Sellable[]
  others: readonly Sellable[]
}

/** Ids of bundles and of their selections: above those of the catalog. */
const BUNDLE_IDS = 900_000

/** A plain row: the product as it is. */
export function plainRow(sellable: Sellable, qty: number): BoughtProduct {
  return { kind: 'product', sellable, qty, type: 'simple', productTax: 0 }
}

/** Rows like those of real shops for the chosen products: every row type of Magento. */
export function drawRow(row: BoughtProduct, goods: Goods, random: Random): Bought {
  const { sellable, qty } = row
  const drawn = random.next()
  if (drawn < 0.2) return { ...row, option: drawOption(random) }
  if (drawn < 0.3) return { ...row, sellable: alone(sellable), type: random.pick(['virtual', 'downloadable']) }
  if (drawn < 0.42) return { ...row, productTax: random.pick([150, 33]) }
  if (drawn < 0.54) return ownBundle(sellable, qty, goods, random) ?? row
  if (drawn < 0.66) return dynamicBundle(sellable, qty, goods, random)
  if (drawn < 0.74) return sellersBundle(sellable, qty, goods, random)
  return row
}

/** Prices in row order: one for the whole, or one per component. Cents. */
export function pricedParts(bought: Bought): { price: number; qty: number }[] {
  const { qty } = bought
  if (bought.kind === 'product') return [{ price: toCents(bought.sellable.price), qty }]
  if (bought.pricing === 'fixed') return [{ price: fixedPrice(bought), qty }]
  return bought.components.map(({ sellable, each }) => ({ price: toCents(sellable.price), qty: each * qty }))
}

function fixedPrice({ components }: BoughtBundle): number {
  const whole = components.reduce((total, { sellable, each }) => total + toCents(sellable.price) * each, 0)
  return Math.floor((whole * 9) / 10)
}

/** A variant sold without its configurable product. */
const alone = ({ id, product, price }: Sellable): Sellable => ({ id, product, price })

function drawOption(random: Random): NonNullable<BoughtProduct['option']> {
  const sku = random.pick(['red', 'engraved', 'gift-set', ''])
  return { id: random.int(1, 9), value: String(random.int(10, 99)), sku }
}

/** A bundle of the product's own vendor, with a SKU of that vendor. */
function ownBundle(first: Sellable, qty: number, goods: Goods, random: Random): BoughtBundle | undefined {
  const prefix = prefixOf(first)
  const fitting = [...goods.vendor, ...goods.others].filter((one) => one !== first && prefixOf(one) === prefix)
  const others = random.sample(fitting, random.int(1, 2))
  if (others.length === 0) return undefined
  const { id, product } = first
  const components = componentsOf([first, ...others], random)
  return { kind: 'bundle', pricing: 'fixed', ...named(id, product.name), sku: `${product.sku}-SET`, qty, components }
}

/** A bundle without a SKU of its own: Magento composes it from those of its components. */
function dynamicBundle(first: Sellable, qty: number, goods: Goods, random: Random): BoughtBundle {
  const components = componentsOf([first, ...anyOthers(first, goods, random)], random)
  const sku = [`KIT${first.id}`, ...components.map(({ sellable }) => sellable.product.sku)].join('-')
  return { kind: 'bundle', pricing: 'dynamic', ...named(first.id, first.product.name), sku, qty, components }
}

/** A bundle of the seller at a fixed price, with products of any party. */
function sellersBundle(first: Sellable, qty: number, goods: Goods, random: Random): BoughtBundle {
  const components = componentsOf([first, ...anyOthers(first, goods, random)], random)
  const name = named(first.id, first.product.name)
  return { kind: 'bundle', pricing: 'fixed', ...name, sku: `SET-${first.id}`, qty, components }
}

function anyOthers(first: Sellable, { vendor, others }: Goods, random: Random): Sellable[] {
  const pool = [...vendor, ...others].filter((one) => one !== first)
  return random.sample(pool, random.int(1, 2))
}

function componentsOf(sellables: readonly Sellable[], random: Random): { sellable: Sellable; each: number }[] {
  return sellables.map((sellable) => ({ sellable, each: random.chance(0.7) ? 1 : 2 }))
}

const named = (id: number, name: string) => ({ id: BUNDLE_IDS + id, name: `${name} Set` })

const prefixOf = ({ product }: Sellable): string => product.sku.split('-')[0] ?? ''
