import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { forEachBounded } from '../bounded.ts'
import { guarded, plain, type TableAccess } from './access.ts'
import { insertMany, type NotInserted, putMany } from './batches.ts'
import { isConditionFailure, isRefused, wasSentAgain } from './dynamo-errors.ts'
import { compileChange, compileCondition, createNames, type Names } from './expressions.ts'
import { conditionOf, isMine, markedChange, markedItem, showsChange, showsPut } from './own-writes.ts'
import { checkKey, isPossibleKey } from './possible-keys.ts'
import { keyIn } from './table-keys.ts'
import type { Change, Condition, Item, Key, TableDefinition, Tables, WriteCondition } from './tables.ts'

type Writes = Pick<Tables, 'put' | 'putMany' | 'insertMany' | 'update' | 'delete'>

/** Most parallel puts of items that a batch did not insert. */
const PUT_SIDE_BY_SIDE = 16

export function createWrites({ client, keys, prefix }: TableAccess): Writes {
  const named = (table: string) => ({ TableName: `${prefix}${table}` })
  const readAgain = async (table: string, key: Key): Promise<Item | undefined> => {
    const input = { ...named(table), Key: { ...key }, ConsistentRead: true }
    const { Item: item } = await client.send(new GetCommand(input))
    return item === undefined ? undefined : plain(item)
  }
  // A role may lack the permission for statements, which only inserts need: then each item is put by itself.
  let mayInsert = true
  const inserted = async (table: string, items: readonly Item[]): Promise<NotInserted> => {
    if (!mayInsert) return { there: [], failed: items }
    try {
      return await insertMany(client, `${prefix}${table}`, items)
    } catch (error) {
      if (!isRefused(error)) throw error
      mayInsert = false
      return { there: [], failed: items }
    }
  }
  const put: Writes['put'] = (table, item, condition) =>
    guarded(`${prefix}${table}`, async () => {
      const definition = await keys.of(table)
      checkKey(table, definition, item)
      const sent = markedItem(item, condition)
      const input = { ...named(table), Item: sent, ...guardOf(condition, createNames()) }
      return await unlessRefused(
        () => client.send(new PutCommand(input)).then(() => true),
        async () => isMine(condition) && showsPut(await readAgain(table, keyIn(definition, item)), sent),
        false,
      )
    })
  return {
    put,
    insertMany: (table, items) =>
      guarded(`${prefix}${table}`, async () => {
        const definition = await keys.of(table)
        for (const item of items) checkKey(table, definition, item)
        const { there, failed } = await inserted(table, items)
        const found = [...there]
        await forEachBounded(failed, PUT_SIDE_BY_SIDE, async (item) => {
          if (!(await put(table, item, { absent: definition.partitionKey }))) found.push(item)
        })
        return found
      }),
    putMany: (table, items) =>
      guarded(`${prefix}${table}`, async () => {
        const definition = await keys.of(table)
        for (const item of items) checkKey(table, definition, item)
        const last = lastOfEachKey(items, definition)
        await putMany(client, `${prefix}${table}`, last)
      }),
    update: (table, key, change, condition) =>
      guarded(`${prefix}${table}`, async () => {
        checkKey(table, await keys.of(table), key)
        const names = createNames()
        const sent = markedChange(change, condition)
        const expression = compileChange(sent, names)
        const input = {
          ...named(table),
          Key: { ...key },
          ...(expression === '' ? {} : { UpdateExpression: expression }),
          ...guardOf(condition, names),
          ReturnValues: 'ALL_NEW' as const,
        }
        const found = async () => (isMine(condition) ? await readAgain(table, key) : undefined)
        return await unlessRefused<Item | null>(
          () => client.send(new UpdateCommand(input)).then(({ Attributes }) => plain(Attributes ?? {})),
          async () => ofChange(await found(), sent),
          null,
        )
      }),
    delete: (table, key, condition) =>
      guarded(`${prefix}${table}`, async () => {
        if (!isPossibleKey(await keys.of(table), key)) return mayBeAbsent(conditionOf(condition))
        const input = { ...named(table), Key: { ...key }, ...guardOf(condition, createNames()) }
        return await unlessRefused(
          () => client.send(new DeleteCommand(input)).then(() => true),
          async () => isMine(condition) && (await readAgain(table, key)) === undefined,
          false,
        )
      }),
  }
}

/** Whether the condition of a delete holds where no item can be. */
function mayBeAbsent(condition: Condition | undefined): boolean {
  return condition === undefined || 'absent' in condition
}

/** Includes the placeholders that `names` already has. */
function guardOf(when: WriteCondition | undefined, names: Names) {
  const condition = conditionOf(when)
  const expression = condition === undefined ? {} : { ConditionExpression: compileCondition(condition, names) }
  return { ...expression, ...names.placeholders() }
}

/** `again`: what a refused request counts as that was sent more than once; `refused`: any other refused one. */
async function unlessRefused<T>(call: () => Promise<T>, again: () => Promise<T>, refused: T): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!isConditionFailure(error)) throw error
    return wasSentAgain(error) ? await again() : refused
  }
}

/** The row, if it shows that the change was carried out. */
function ofChange(found: Item | undefined, change: Change): Item | null {
  return found !== undefined && showsChange(found, change) ? found : null
}

/** DynamoDB rejects a request that writes a key twice; keeps the last item of each key, as single writes would. */
function lastOfEachKey(items: readonly Item[], { partitionKey, sortKey }: TableDefinition): readonly Item[] {
  const keyText = (item: Item) => JSON.stringify([item[partitionKey], sortKey === undefined ? null : item[sortKey]])
  return [...new Map(items.map((item) => [keyText(item), item])).values()]
}
