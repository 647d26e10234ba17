import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { guarded, plain, type TableAccess } from './access.ts'
import { putMany } from './batches.ts'
import { isConditionFailure } from './dynamo-errors.ts'
import { compileChange, compileCondition, createNames, type Names } from './expressions.ts'
import { checkKey, isPossibleKey } from './possible-keys.ts'
import type { Condition, Item, TableDefinition, Tables } from './tables.ts'

type Writes = Pick<Tables, 'put' | 'putMany' | 'update' | 'delete'>

export function createWrites({ client, keys, prefix }: TableAccess): Writes {
  const named = (table: string) => ({ TableName: `${prefix}${table}` })
  return {
    put: (table, item, condition) =>
      guarded(`${prefix}${table}`, async () => {
        checkKey(table, await keys.of(table), item)
        const guard = conditionOf(condition, createNames())
        const done = await unlessRefused(() => client.send(new PutCommand({ ...named(table), Item: item, ...guard })))
        return done !== null
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

/** Also places what `names` was used for before. */
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

/** DynamoDB refuses a request that writes a key twice; the last item of a key is the one that would have stayed. */
function lastOfEachKey(items: readonly Item[], { partitionKey, sortKey }: TableDefinition): readonly Item[] {
  const keyText = (item: Item) => JSON.stringify([item[partitionKey], sortKey === undefined ? null : item[sortKey]])
  return [...new Map(items.map((item) => [keyText(item), item])).values()]
}
