import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { forEachBounded } from '../bounded.ts'
import { guarded, plain, type TableAccess } from './access.ts'
import { insertMany, type NotInserted, putMany } from './batches.ts'
import { isConditionFailure, isRefused } from './dynamo-errors.ts'
import { compileChange, compileCondition, createNames, type Names } from './expressions.ts'
import { checkKey, isPossibleKey } from './possible-keys.ts'
import type { Condition, Item, TableDefinition, Tables } from './tables.ts'

type Writes = Pick<Tables, 'put' | 'putMany' | 'insertMany' | 'update' | 'delete'>

/** Most parallel puts of items that a batch did not insert. */
const PUT_SIDE_BY_SIDE = 16

export function createWrites({ client, keys, prefix }: TableAccess): Writes {
  const named = (table: string) => ({ TableName: `${prefix}${table}` })
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
      checkKey(table, await keys.of(table), item)
      const guard = conditionOf(condition, createNames())
      const done = await unlessRefused(() => client.send(new PutCommand({ ...named(table), Item: item, ...guard })))
      return done !== null
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
        const expression = compileChange(change, names)
        const input = {
          ...named(table),
          Key: { ...key },
          ...(expression === '' ? {} : { UpdateExpression: expression }),
          ...conditionOf(condition, names),
          ReturnValues: 'ALL_NEW' as const,
        }
        const done = await unlessRefused(() => client.send(new UpdateCommand(input)))
        return done === null ? null : plain(done.Attributes ?? {})
      }),
    delete: (table, key, condition) =>
      guarded(`${prefix}${table}`, async () => {
        if (!isPossibleKey(await keys.of(table), key)) return condition === undefined || 'absent' in condition
        const guard = conditionOf(condition, createNames())
        const input = { ...named(table), Key: { ...key }, ...guard }
        return (await unlessRefused(() => client.send(new DeleteCommand(input)))) !== null
      }),
  }
}

/** Includes the placeholders that `names` already has. */
function conditionOf(condition: Condition | undefined, names: Names) {
  const expression = condition === undefined ? {} : { ConditionExpression: compileCondition(condition, names) }
  return { ...expression, ...names.placeholders() }
}

async function unlessRefused<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call()
  } catch (error) {
    if (isConditionFailure(error)) return null
    throw error
  }
}

/** DynamoDB rejects a request that writes a key twice; keeps the last item of each key, as single writes would. */
function lastOfEachKey(items: readonly Item[], { partitionKey, sortKey }: TableDefinition): readonly Item[] {
  const keyText = (item: Item) => JSON.stringify([item[partitionKey], sortKey === undefined ? null : item[sortKey]])
  return [...new Map(items.map((item) => [keyText(item), item])).values()]
}
