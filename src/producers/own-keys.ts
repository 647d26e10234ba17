import type { Publication } from '../control/publish-again.ts'
import { StreamError } from '../errors.ts'
import { contentDigest } from '../events/identity.ts'
import type { Entity } from '../events/topics.ts'
import type { EntityIdentity, Page, ReadEntity, UnreadableEntity } from '../systems/kit/source.ts'

type AnyEntity = ReadEntity<Entity>

/** Entities with unique keys. */
export interface OwnKeys {
  readonly entities: readonly AnyEntity[]
  /** Entities whose key belongs to another one: the new key of each, and the message to report. */
  readonly shared: ReadonlyMap<string, string>
}

/**
 * A source may give two entities the same key: two stores of a shop may number their orders alike. The one that was
 * published under the key (`noted`) keeps it, otherwise the oldest; any other permanently gets its own key, `<key>~<its
 * id>`. The age also distinguishes what was published before identities were noted from what was created later
 * (Guarantee 3: neither overwrites the other).
 */
export function withOwnKeys(entities: readonly AnyEntity[], noted: (key: string) => Publication | undefined): OwnKeys {
  const owners = new Map<string, string | null>()
  for (const [key, own] of Map.groupBy(entities, (entity) => entity.key)) {
    owners.set(
      key,
      ownerOf(
        own.map(({ identity }) => identity).filter((one) => one !== undefined),
        noted(key),
      ),
    )
  }
  const shared = new Map<string, string>()
  const all = entities.map((entity) => {
    const { identity, key } = entity
    const owner = owners.get(key) ?? null
    if (identity === undefined || owner === identity.id) return entity
    const ownKey = `${key}~${identity.id}`
    const other = owner === null ? 'an older entity' : `entity ${owner}`
    shared.set(ownKey, `${key} is also the key of ${other}: entity ${identity.id} is published as ${ownKey}`)
    return { ...entity, key: ownKey, data: identity.withKey(ownKey) }
  })
  return { entities: all, shared }
}

/** Id of the entity that owns the key; null: one that is not among them. */
function ownerOf(identities: readonly EntityIdentity<Entity>[], noted: Publication | undefined): string | null {
  if (noted !== undefined && noted.identity !== null) return noted.identity
  const seen = noted?.occurred_at
  const [first] = identities
    .filter(({ since }) => typeof seen !== 'number' || since === null || since <= seen)
    .toSorted((a, b) => (a.since ?? 0) - (b.since ?? 0) || compareIds(a.id, b.id))
  return first?.id ?? null
}

function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b))
}

/**
 * One entity per key. If a page has several contents for a key, the last one counts if the reader says so; otherwise no
 * content can be chosen, and the key is unreadable with all of them (Guarantee 2).
 */
export function joinedByKey(
  entities: readonly AnyEntity[],
  joins: Page<Entity>['joins'],
): { readonly entities: readonly AnyEntity[]; readonly unreadable: readonly UnreadableEntity[] } {
  const joined: AnyEntity[] = []
  const unreadable: UnreadableEntity[] = []
  for (const [key, own] of Map.groupBy(entities, (entity) => entity.key)) {
    const contents = own.length === 1 ? 1 : new Set(own.map(contentDigest)).size
    const last = own.at(-1)
    if (last !== undefined && (contents === 1 || joins === 'last')) joined.push(last)
    else
      unreadable.push({
        key,
        error: twoContents(key, contents),
        raw: `[${own.map(({ raw }) => raw ?? 'null').join(',')}]`,
      })
  }
  return { entities: joined, unreadable }
}

function twoContents(key: string, contents: number): StreamError {
  const message = `the source returned ${contents} different contents for ${key} at once; make the key unique there`
  return new StreamError('source_data_invalid', message, { field: 'key' })
}
