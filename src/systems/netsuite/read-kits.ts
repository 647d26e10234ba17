import { LOCAL_FORMAT } from '../kit/local-time.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import type { MemberRow } from './kits.ts'
import { detailsOf } from './query-details.ts'
import type { KitTable } from './settings.ts'

/** Item type of kits. */
export const KIT = 'Kit'

/** Whether the account has kits: without any, their table is not queried. */
export async function hasKits(client: NetSuiteClient, signal: AbortSignal): Promise<boolean> {
  const query = `SELECT item.id FROM item WHERE item.itemtype = '${KIT}' ORDER BY item.id`
  return (await client.suiteql(query, [], { limit: 1, offset: 0 }, signal)).items.length > 0
}

/** Ids of the kits that contain any of the items, also through other kits. */
export async function kitsWith(
  client: NetSuiteClient,
  items: readonly string[],
  { table, parent, member }: KitTable,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const query = (list: string) =>
    `SELECT members.${member} AS member, members.${parent} AS kit FROM ${table} members ` +
    `JOIN item ON item.id = members.${parent} WHERE item.itemtype = '${KIT}' AND members.${member} IN (${list}) ` +
    `ORDER BY members.${member}, members.${parent}`
  const kits = new Set<string>()
  for (let level = items; level.length > 0; ) {
    const found = [...(await detailsOf(client, level, { by: 'member', query }, signal)).values()].flat()
    level = [...new Set(found.map((row) => requireText(row, 'kit')))].filter((kit) => !kits.has(kit))
    for (const kit of level) kits.add(kit)
  }
  return kits
}

/** The members of the kits, and of the kits within them, by kit. */
export async function membersOf(
  client: NetSuiteClient,
  kits: Iterable<string>,
  { table, parent, member, quantity }: KitTable,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly MemberRow[]>> {
  const query = (list: string) =>
    `SELECT members.${parent} AS kit, members.${member} AS member, members.${quantity} AS quantity, item.itemid, ` +
    `item.itemtype FROM ${table} members JOIN item ON item.id = members.${member} ` +
    `WHERE members.${parent} IN (${list}) ORDER BY members.${parent}, members.${member}`
  const members = new Map<string, readonly MemberRow[]>()
  for (let level = [...kits]; level.length > 0; ) {
    const found = await detailsOf(client, level, { by: 'kit', query }, signal)
    for (const kit of level) members.set(kit, found.get(kit) ?? [])
    const within = [...found.values()].flat().filter((row) => textOf(row['itemtype']) === KIT)
    level = [...new Set(within.map((row) => requireText(row, 'member')))].filter((kit) => !members.has(kit))
  }
  return members
}

/** The kits' own rows: id, SKU, and when the kit itself was changed. */
export async function kitRows(
  client: NetSuiteClient,
  kits: Iterable<string>,
  signal: AbortSignal,
): Promise<readonly Wire[]> {
  const query = (list: string) =>
    `SELECT item.id, item.itemid, TO_CHAR(item.lastmodifieddate, '${LOCAL_FORMAT}') AS changedat FROM item ` +
    `WHERE item.id IN (${list}) ORDER BY item.id`
  return [...(await detailsOf(client, [...kits], { by: 'id', query }, signal)).values()].flat()
}
