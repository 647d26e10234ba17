import type { Logger } from 'pino'
import type { Read, System } from '../configuration/model.ts'
import {
  readSettings,
  type SettingProblem,
  type Settings,
  tolerantValues,
  unknownSettings,
  type ValuesOf,
} from '../configuration/setting.ts'
import type {
  OrderStates,
  OrderTerms,
  OwnOrderFields,
  SecretSets,
  ShopStart,
  SystemType,
} from '../configuration/system-type.ts'
import { StreamError } from '../errors.ts'
import { type Entity, entityOf, type PerSystemKind } from '../events/topics.ts'
import type { Clock } from '../platform/clock.ts'
import type { CallKind, CallLimits } from '../platform/governor/governor.ts'
import type { Governors } from '../platform/governor/governors.ts'
import type { NetworkRules } from '../platform/network-rules.ts'
import type { ConfiguredSystem, ConnectableSystem } from './kit/configured-system.ts'
import type { ImpossibleFaults } from './kit/faults.ts'
import { ownHook } from './kit/own-webhook.ts'
import type { PostOffice } from './kit/post-office.ts'
import type { PriceLevel } from './kit/price-level.ts'
import type { ReaderNotes } from './kit/reader-notes.ts'
import type { SettingsProposal } from './kit/settings-proposal.ts'
import type { AnySink, Sink } from './kit/sink.ts'
import type { AnySourceReader, SourceReader } from './kit/source.ts'
import type { SystemCheck } from './kit/system-check.ts'
import type { HookKind } from './kit/webhook.ts'

/** What every client needs to call its system. */
export interface ClientDeps {
  readonly clock: Clock
  readonly logger: Logger
  readonly governors: Governors
  /** Which addresses may be called. */
  readonly network: NetworkRules
  /** Whether a system may use the AWS role of the process; if absent, no system may. */
  readonly mayUseRole?: (system: string) => boolean
  /** The folder on this machine that a system may use; null: the operator provides none. If absent, none. */
  readonly folderOf?: (system: string) => string | null
  /** If absent, no e-mails are sent. */
  readonly post?: PostOffice
}

/**
 * Every client can check itself: the cheapest call that needs the credentials. Throws if credentials or address are
 * wrong.
 */
interface Client {
  check(signal: AbortSignal): Promise<SystemCheck>
}

/** What a reader is made from. */
export interface SourceContext<C, V> {
  /** Makes its calls with the priority of the entity. */
  readonly client: C
  readonly system: ConfiguredSystem<V>
  readonly read: Read
  readonly clock: Clock
  /** If absent, nothing is remembered between runs. */
  readonly notes?: ReaderNotes
  /** The queue that a request named. */
  readonly queueUrl: string | null
}

export interface Source<E extends Entity, C, V> {
  /** Keys of `filter`; null: any key that the system itself filters by. */
  readonly filter: Settings | null
  open(context: SourceContext<C, V>): SourceReader<E>
}

export interface SinkContext<C, V> {
  /** Makes its calls with the priority of the delivered entity. */
  readonly client: C
  readonly system: ConfiguredSystem<V>
  /** Which of the addresses in events may be called. */
  readonly network: NetworkRules
}

export type OpenSink<K extends PerSystemKind, C, V> = (context: SinkContext<C, V>) => Sink<K>

/** The whole description of a system type. `C` is its client, `S` its settings. */
export interface SystemOptions<S extends Settings, C extends Client> {
  readonly type: string
  readonly title: string
  readonly secrets: SecretSets
  readonly settings: S
  /** Call limits of its accounts, used when a document gives no `limits`. */
  readonly limits: CallLimits
  /** Problems of settings that are valid one by one but not together or at this address (null: it is a reference). */
  settingProblems?(values: ValuesOf<S>, address: string | null): readonly SettingProblem[]
  /** Schemes of its addresses; http and https by default. */
  readonly schemes?: readonly string[]
  addressProblem?(address: string): string | null
  /** If absent, product attributes may have any name. */
  attributeProblem?(name: string): string | null
  connect(system: ConnectableSystem<ValuesOf<S>>, deps: ClientDeps): C
  /** The client for calls of this kind, where the kind makes a difference. */
  readonly clientFor?: (client: C, kind: CallKind) => C
  readonly sources: { readonly [E in Entity]?: Source<E, C, ValuesOf<S>> }
  readonly sinks: { readonly [K in PerSystemKind]?: OpenSink<K, C, ValuesOf<S>> }
  /**
   * For systems with queues: the URL of the queue that a request names. Throws `request_invalid` if the queue is not at
   * the system's own address.
   */
  queueUrl?(address: string, asked: string): string
  /** The price levels that prices of these reads have; if absent, they are not known. */
  readonly priceLevels?: (
    context: { readonly client: C; readonly system: ConfiguredSystem<ValuesOf<S>>; readonly reads: readonly Read[] },
    signal: AbortSignal,
  ) => Promise<readonly PriceLevel[]>
  /**
   * Settings that the system's own data suggests, for an entity or all it has (null). Reads only. If absent, a person
   * knows them.
   */
  readonly proposeSettings?: (
    context: {
      readonly client: C
      readonly system: ConfiguredSystem<ValuesOf<S>>
      readonly clock: Clock
      readonly entity: string | null
    },
    signal: AbortSignal,
  ) => Promise<readonly SettingsProposal[]>
  readonly orderStates?: OrderStates
  readonly shopStart?: ShopStart
  /** Pattern of a whole order number; if absent, any text is accepted. */
  readonly orderNumbers?: RegExp
  orderFields?(values: ValuesOf<S>): OwnOrderFields
  readonly orderTerms?: OrderTerms
  /** Its people have no system: they confirm, reject and ship on the page of a link. */
  readonly answersByLink?: true
  /** How its webhooks are verified and parsed; if absent, as Waldstream's own webhooks. */
  readonly webhook?: HookKind
  /** Rows of the fault matrix: the system's interfaces, each with the faults that can't happen there. */
  readonly faultRows: Readonly<Record<string, ImpossibleFaults>>
}

/** A type of system as the engines use it. */
export interface SystemDefinition extends SystemType {
  readonly webhook: HookKind
  readonly faultRows: Readonly<Record<string, ImpossibleFaults>>
  /** Connects to a system whose address and secrets are resolved. Throws `configuration_invalid` with what is wrong. */
  open(system: System, deps: ClientDeps): OpenSystem
}

/** A connected system. */
export interface OpenSystem extends Client {
  /** Throws `configuration_invalid` if the system can't read this entity. */
  reader(
    read: Read,
    deps: { readonly clock: Clock; readonly notes?: ReaderNotes },
    queueUrl: string | null,
  ): AnySourceReader
  /** The price levels that prices of these reads have; null: its type does not know them. */
  priceLevels(reads: readonly Read[], signal: AbortSignal): Promise<readonly PriceLevel[] | null>
  /** Settings that its own data suggests, for an entity or all it has (null); null: its type proposes none. */
  proposeSettings(entity: string | null, signal: AbortSignal): Promise<readonly SettingsProposal[] | null>
  /** Throws `configuration_invalid` if this kind is not delivered to systems of its type. */
  sink(kind: PerSystemKind): AnySink
}

/** System types by name. */
export function listSystems(definitions: readonly SystemDefinition[]): ReadonlyMap<string, SystemDefinition> {
  return new Map(definitions.map((definition) => [definition.type, definition]))
}

/** Builds a system type from its description. */
export function defineSystem<S extends Settings, C extends Client>(options: SystemOptions<S, C>): SystemDefinition {
  const { type, title, secrets, settings, sources, sinks } = options
  return {
    type,
    title,
    secrets,
    settings,
    limits: options.limits,
    reads: Object.fromEntries(Object.entries(sources).map(([entity, { filter }]) => [entity, { filter }])),
    deliveries: Object.keys(sinks) as PerSystemKind[],
    isQueue: options.queueUrl !== undefined,
    queueUrl: (address, asked) => options.queueUrl?.(address, asked) ?? asked,
    orderStates: options.orderStates ?? null,
    shopStart: options.shopStart ?? null,
    orderNumbers: options.orderNumbers ?? null,
    orderTerms: options.orderTerms ?? null,
    answersByLink: options.answersByLink ?? false,
    settingProblems(given, address = null) {
      const read = readSettings(settings, given)
      const wrong = [...unknownSettings(settings, given), ...(read.ok ? [] : read.problems)]
      const together = options.settingProblems?.(tolerantValues(settings, given), address) ?? []
      return [...wrong, ...together.filter(({ name }) => !wrong.some((one) => one.name === name))]
    },
    addressProblem: (address) => options.addressProblem?.(address) ?? schemeProblem(address, options.schemes),
    attributeProblem: (name) => options.attributeProblem?.(name) ?? null,
    orderFields(given) {
      return options.orderFields?.(tolerantValues(settings, given)) ?? { own: [], mappable: [] }
    },
    webhook: options.webhook ?? ownHook,
    faultRows: options.faultRows,
    open: (system, deps) => openSystem(options, system, deps),
  }
}

function schemeProblem(address: string, schemes: readonly string[] = ['http', 'https']): string | null {
  if (schemes.some((scheme) => address.startsWith(`${scheme}:`))) return null
  return `must begin with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`
}

function openSystem<S extends Settings, C extends Client>(
  options: SystemOptions<S, C>,
  system: System,
  deps: ClientDeps,
): OpenSystem {
  const { id, address, zone, limits } = system
  const settings = settingValues(options, system)
  const client = options.connect(
    { id, address, zone, limits, settings, given: system.settings, secrets: system.secrets },
    deps,
  )
  const configured: ConfiguredSystem<ValuesOf<S>> = { id, zone, limits, settings }
  const views = new Map<CallKind, C>()
  /** One shared view of the client for each kind of call. */
  const clientFor = (kind: CallKind): C => {
    const view = views.get(kind) ?? options.clientFor?.(client, kind) ?? client
    views.set(kind, view)
    return view
  }
  return {
    check: (signal) => client.check(signal),
    reader(read, { clock, notes }, queueUrl) {
      // The type of the table guarantees a source of this entity.
      const source = options.sources[read.entity] as Source<Entity, C, ValuesOf<S>> | undefined
      if (source === undefined) throw unreadableError(read, system, options.sources)
      const context = { client: clientFor(read.entity), system: configured, read, clock, queueUrl }
      return source.open(notes === undefined ? context : { ...context, notes }) as AnySourceReader
    },
    async priceLevels(reads, signal) {
      const context = { client: clientFor('prices'), system: configured, reads }
      return (await options.priceLevels?.(context, signal)) ?? null
    },
    async proposeSettings(entity, signal) {
      const context = { client: clientFor('inventory'), system: configured, clock: deps.clock, entity }
      return (await options.proposeSettings?.(context, signal)) ?? null
    },
    sink(kind) {
      const open = options.sinks[kind] as OpenSink<PerSystemKind, C, ValuesOf<S>> | undefined
      if (open === undefined) throw undeliverableError(options, system, kind)
      return open({ client: clientFor(entityOf(kind)), system: configured, network: deps.network }) as AnySink
    },
  }
}

/**
 * The settings of a system with their types. Throws `configuration_invalid` that lists all problems; its field is the
 * first invalid setting.
 */
function settingValues<S extends Settings, C extends Client>(
  options: Pick<SystemOptions<S, C>, 'type' | 'settings' | 'settingProblems'>,
  { id, address, settings: given }: Pick<System, 'id' | 'address' | 'settings'>,
): ValuesOf<S> {
  const read = readSettings(options.settings, given)
  const problems = read.ok ? (options.settingProblems?.(read.values, address) ?? []) : read.problems
  const [first] = problems
  if (read.ok && first === undefined) return read.values
  const listed = problems.map(({ name, problem }) => `settings.${name} ${problem}`).join('; ')
  throw new StreamError('configuration_invalid', `system ${id} (${options.type}): ${listed}`, {
    field: `settings.${first?.name ?? ''}`,
  })
}

/** The `configuration_invalid` error of a read whose entity the system does not offer. */
export function unreadableError(read: Read, { id, type }: System, given: object): StreamError {
  const message =
    `system ${id}: ${read.entity} can't be read from ${type}; it has ${Object.keys(given).join(', ') || 'nothing'}. ` +
    `Remove the read ${read.id} or correct its entity`
  return new StreamError('configuration_invalid', message, { field: `systems.${id}.reads` })
}

function undeliverableError<S extends Settings, C extends Client>(
  { type }: SystemOptions<S, C>,
  { id }: System,
  kind: PerSystemKind,
): StreamError {
  return new StreamError('configuration_invalid', `system ${id}: ${kind} can't be delivered to ${type}`, {
    field: `systems.${id}.type`,
  })
}
