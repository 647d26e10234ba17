import type { Entity, PerSystemKind, PushedEntity } from '../events/topics.ts'
import type { CallLimits } from '../platform/governor/governor.ts'
import type { SettingProblem, Settings } from './setting.ts'

/** Secrets of a type of system: names with descriptions. */
export interface SecretSets {
  /** Ways to sign in; one of them must be complete. An empty way: no secrets are needed. */
  readonly ways: readonly Readonly<Record<string, string>>[]
  /** Optional secrets, with any of the ways. */
  readonly optional?: Readonly<Record<string, string>>
  /** Allows secrets `header.<Name>`: headers of every request. */
  readonly headers?: true
}

/** States of a shop's orders. */
export interface OrderStates {
  /** All states; null: the shop defines them itself. */
  readonly known: readonly string[] | null
  /** Default of the states in which an order starts at the vendor; null: any except canceled. */
  readonly begin: readonly string[] | null
}

/** How an entity can be read. */
export interface ReadType {
  /** Keys of `filter`; null: any that the system itself supports. */
  readonly filter: Settings | null
}

/** Start values of a shop's first connection (`waldstream init`). */
export interface ShopStart {
  /** Rules, in the form of documents, for the attributes that a product needs in the shop. */
  readonly rules: readonly Readonly<Record<string, unknown>>[]
  /** Result of these rules for a product that is called `Jacket`, is for sale, and costs 52. */
  readonly example: Readonly<Record<string, string | number | boolean>>
  /** Feeds to push to the shop; empty: it pulls its feeds. */
  readonly push: readonly PushedEntity[]
}

/**
 * What the configuration knows about a type of system. It is part of the system's definition
 * (`src/systems/<type>/system.ts`), so that checks and use can't differ.
 */
export interface SystemType {
  /** Name in documents: `netsuite`. */
  readonly type: string
  /** Name for people: `Oracle NetSuite`. */
  readonly title: string
  readonly secrets: SecretSets
  readonly settings: Settings
  /** Default limits of its accounts. */
  readonly limits: CallLimits
  /** Entities that can be read from it. */
  readonly reads: Readonly<Partial<Record<Entity, ReadType>>>
  /** Kinds that can be delivered to it; it gets a topic and a stage for each. */
  readonly deliveries: readonly PerSystemKind[]
  /**
   * True: its reads consume messages. They have no start time and no list of rows, and a request may name the queue.
   */
  readonly isQueue: boolean
  /**
   * The queue that a request names. Throws `request_invalid` when it is not at the system's own address: the
   * credentials are only for that address, and a request must not send them elsewhere.
   */
  queueUrl(address: string, asked: string): string
  /** Null: orders are not read from it. */
  readonly orderStates: OrderStates | null
  /** Null: `waldstream init` does not offer it as a shop. */
  readonly shopStart: ShopStart | null
  /** Form of its whole order numbers; null: any. */
  readonly orderNumbers: RegExp | null
  /** Null: its orders always have the shop's customer and the shop's prices. */
  readonly orderTerms: OrderTerms | null
  /** True: its people answer on the page of a link. */
  readonly answersByLink: boolean
  /** All mistakes in these settings, each by itself, together and at this address (null: it is not known). */
  settingProblems(given: Readonly<Record<string, unknown>>, address?: string | null): readonly SettingProblem[]
  /** Mistake in an address that is not a reference; null: none. */
  addressProblem(address: string): string | null
  /** Mistake in the name of an attribute of its products; null: the attribute may exist. */
  attributeProblem(name: string): string | null
  /**
   * Fields of its orders that Waldstream writes itself with these settings: no rule may set them. `line.…`: of a line.
   * A field within one of them is refused too, unless it is in `mappable`.
   */
  orderFields(settings: Readonly<Record<string, unknown>>): OwnOrderFields
}

/** A kind of id, with a description: `an internal id, such as 4711`. */
export interface IdKind {
  readonly pattern: RegExp
  readonly expected: string
}

/** Customers and prices that orders can have. */
export interface OrderTerms {
  readonly customer: IdKind
  /** Null: price levels have no id; each customer has its own. */
  readonly priceLevel: IdKind | null
}

export interface OwnOrderFields {
  readonly own: readonly string[]
  /** Fields within those, or with a special meaning, that rules may set: `line.price.id`. */
  readonly mappable: readonly string[]
  /**
   * Fields of the customer that the sink creates and no rule may set (`customer.…`); null: Waldstream does not write
   * the customer. Undefined: the system has no such fields.
   */
  readonly customer?: readonly string[] | null
}

/** Every type of system, by name. */
export type SystemTypes<T extends SystemType = SystemType> = ReadonlyMap<string, T>

/** Kinds that are delivered to a system; empty for an unknown type. */
export function deliveriesTo(systemTypes: SystemTypes, { type }: { readonly type: string }): readonly PerSystemKind[] {
  return systemTypes.get(type)?.deliveries ?? []
}

/** Entities that can be read from a type of system. */
export function readableEntities({ reads }: Pick<SystemType, 'reads'>): readonly Entity[] {
  return Object.keys(reads) as Entity[]
}

/** Secret that any system may have: the key that its webhooks are signed with. */
export const WEBHOOK_SECRET = 'webhook'

/** Names of secrets that are headers, except headers that control how the request itself is sent. */
export const HEADER_SECRET_NAMES =
  "^header\\.(?!([Hh]ost|[Cc]ontent-[Ll]ength|[Cc]onnection|[Tt]ransfer-[Ee]ncoding|[Aa]ccept-[Ee]ncoding)$)[\\w!#$%&'*+.^`|~-]+$"

export const HEADER_SECRET = new RegExp(HEADER_SECRET_NAMES, 'i')
