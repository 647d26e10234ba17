import type { Entity, PerSystemKind, PushedEntity } from '../events/topics.ts'
import type { CallLimits } from '../platform/governor/governor.ts'
import type { SettingProblem, Settings } from './setting.ts'

/** Secrets of a type of system: each name with a line that says what it is. */
export interface SecretSets {
  /** Ways to sign in; one of them must be there whole. An empty one: none is needed. */
  readonly ways: readonly Readonly<Record<string, string>>[]
  /** May be there besides, with any of the ways. */
  readonly optional?: Readonly<Record<string, string>>
  /** Secrets `header.<Name>` may be there: headers that every request has. */
  readonly headers?: true
}

/** States of a shop's orders. */
export interface OrderStates {
  /** All that there are; null: the shop names them itself. */
  readonly known: readonly string[] | null
  /** Those in which an order begins at the vendor, where a connection does not say otherwise; null: any that is not canceled. */
  readonly begin: readonly string[] | null
}

/** What can be read of an entity. */
export interface ReadType {
  /** Keys of `filter`; null: whatever the system itself filters by. */
  readonly filter: Settings | null
}

/** What a shop's first connection begins with (`waldstream init`). */
export interface ShopStart {
  /** What a product needs to be shown in the shop: rules as documents have them. */
  readonly rules: readonly Readonly<Record<string, unknown>>[]
  /** What these rules make of a product that is called `Jacket`, is for sale, and costs 52. */
  readonly example: Readonly<Record<string, string | number | boolean>>
  /** What the shop is sent; empty: it pulls its feeds. */
  readonly push: readonly PushedEntity[]
}

/**
 * What the configuration knows of a type of system. It is a part of the system's definition (`src/systems/<type>/system.ts`),
 * so that what is checked is what is used.
 */
export interface SystemType {
  /** As documents name it: `netsuite`. */
  readonly type: string
  /** As people name it: `Oracle NetSuite`. */
  readonly title: string
  readonly secrets: SecretSets
  readonly settings: Settings
  /** What its accounts accept, where a document gives no `limits`. */
  readonly limits: CallLimits
  /** What can be read from it. */
  readonly reads: Readonly<Partial<Record<Entity, ReadType>>>
  /** What can be delivered to it: it gets a topic and a stage for each. */
  readonly deliveries: readonly PerSystemKind[]
  /** Its reads take messages away: there is no time to begin at, nothing to list, and a request may name the queue. */
  readonly isQueue: boolean
  /**
   * The queue that a request names. Throws `request_invalid` for one that is not at the system's own address: its
   * credentials are for that alone, and whoever may request runs may not point them elsewhere.
   */
  queueUrl(address: string, asked: string): string
  /** Null: orders are not read from it. */
  readonly orderStates: OrderStates | null
  /** Null: it is no shop that `waldstream init` offers. */
  readonly shopStart: ShopStart | null
  /** What numbers of its orders look like, whole; null: like anything. */
  readonly orderNumbers: RegExp | null
  /** Null: its orders are always the shop's customers', at the shop's prices. */
  readonly orderTerms: OrderTerms | null
  /** All that is wrong with these settings, each by itself and together. */
  settingProblems(given: Readonly<Record<string, unknown>>): readonly SettingProblem[]
  /** What is wrong with an address that is no reference; null: nothing. */
  addressProblem(address: string): string | null
  /** What is wrong with the name of an attribute of its products; null: there may be one that is called so. */
  attributeProblem(name: string): string | null
  /**
   * Fields of its orders that Waldstream writes itself, for these settings: no rule may give them. `line.…`: of a line.
   * A field within one of them is refused too, unless it is among `mappable`.
   */
  orderFields(settings: Readonly<Record<string, unknown>>): OwnOrderFields
}

/** A kind of id, and what it is in words: `an internal id, such as 4711`. */
export interface IdKind {
  readonly pattern: RegExp
  readonly expected: string
}

/** Whose orders may be, and at what price. */
export interface OrderTerms {
  readonly customer: IdKind
  /** Null: levels have no id, the customer has its own. */
  readonly priceLevel: IdKind | null
}

export interface OwnOrderFields {
  readonly own: readonly string[]
  /** Fields within those, or with a meaning of their own, that rules may give: `line.price.id`. */
  readonly mappable: readonly string[]
  /**
   * Fields of the customer that the sink makes that no rule may give (`customer.…`); null: the customer is not ours to write.
   * Without it, the system knows no such fields.
   */
  readonly customer?: readonly string[] | null
}

/** Every type of system, by its name. */
export type SystemTypes<T extends SystemType = SystemType> = ReadonlyMap<string, T>

/** What is delivered to a system: nothing where its type is not known. */
export function deliveriesTo(systemTypes: SystemTypes, { type }: { readonly type: string }): readonly PerSystemKind[] {
  return systemTypes.get(type)?.deliveries ?? []
}

/** Entities that can be read from a type of system. */
export function readableEntities({ reads }: Pick<SystemType, 'reads'>): readonly Entity[] {
  return Object.keys(reads) as Entity[]
}

/** Any system may have it: what its webhooks are signed with. */
export const WEBHOOK_SECRET = 'webhook'

/** Names of secrets that are headers, where a type takes them; not those that say how the request itself is sent. */
export const HEADER_SECRET_NAMES =
  "^header\\.(?!([Hh]ost|[Cc]ontent-[Ll]ength|[Cc]onnection|[Tt]ransfer-[Ee]ncoding|[Aa]ccept-[Ee]ncoding)$)[\\w!#$%&'*+.^`|~-]+$"

export const HEADER_SECRET = new RegExp(HEADER_SECRET_NAMES, 'i')
