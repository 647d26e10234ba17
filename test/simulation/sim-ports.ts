import { StreamError } from '../../src/errors.ts'
import { tableDefinitions } from '../../src/operations/table-definitions.ts'
import type { Tables } from '../../src/platform/dynamodb/tables.ts'
import type { NetSuiteClient } from '../../src/systems/netsuite/client.ts'
import { type SentWrite, sentWrites } from '../memory/resent-writes.ts'
import type { SimProcess } from './sim-process.ts'

/** The tables as a process reaches them. */
export function simTables(process: SimProcess, tables: Tables): Tables {
  const ask = <T>(what: string, effect: (() => Promise<T>) | SentWrite<T>) => process.request('tables', what, effect)
  const writes = sentWrites(tables, tableDefinitions)
  return {
    get: (table, key) => ask(`get ${table} ${textOf(key)}`, () => tables.get(table, key)),
    getMany: (table, keys) => ask(`getMany ${table} ${keys.length}`, () => tables.getMany(table, keys)),
    put: (table, item, condition) => {
      const sent = structuredClone(item)
      return ask(`put ${table} ${briefly(sent)}`, writes.put(table, sent, condition))
    },
    putMany: (table, items) => {
      const sent = structuredClone(items)
      return ask(`putMany ${table} ${sent.map(briefly).join('; ')}`, () => tables.putMany(table, sent))
    },
    insertMany: async (table, items) => {
      // Each item is a write of its own: a process may end after some of them.
      const sent = structuredClone(items)
      const written = await Promise.all(
        sent.map((item) =>
          ask(`insert ${table} ${briefly(item)}`, async () => (await tables.insertMany(table, [item])).length === 0),
        ),
      )
      return items.filter((_, index) => written[index] === false)
    },
    update: (table, key, change, condition) => {
      const sent = structuredClone(change)
      const what = `update ${table} ${textOf(key)} ${textOf(sent.set ?? {})}`
      return ask(what, writes.update(table, key, sent, condition))
    },
    delete: (table, key, condition) => ask(`delete ${table} ${textOf(key)}`, writes.delete(table, key, condition)),
    query: (table, range) => ask(`query ${table} ${range.partition}`, () => tables.query(table, range)),
    count: (table, range) => ask(`count ${table} ${range.partition}`, () => tables.count(table, range)),
    async *scan(table) {
      for (const page of await ask(`scan ${table}`, () => Array.fromAsync(tables.scan(table)))) yield page
    },
  }
}

/** The account as a process reaches it. A call that is cut off may come to pass all the same. */
export function simNetSuite(process: SimProcess, client: NetSuiteClient): NetSuiteClient {
  const ask = <T>(what: string, signal: AbortSignal | undefined, effect: () => Promise<T>): Promise<T> => {
    if (signal?.aborted === true) return Promise.reject(cutOff(signal))
    const answer = process.request('erp', what, effect)
    if (signal === undefined) return answer
    return new Promise((resolve, reject) => {
      const end = () => reject(cutOff(signal))
      signal.addEventListener('abort', end, { once: true })
      answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
    })
  }
  return {
    for() {
      return this
    },
    suiteql: (query, params, page, signal) => ask('suiteql', signal, () => client.suiteql(query, params, page)),
    suiteqlAll: (query, params, signal) => ask('suiteqlAll', signal, () => client.suiteqlAll(query, params)),
    getRecord: (type, id, signal) => ask(`read ${type} ${id}`, signal, () => client.getRecord(type, id)),
    getByExternalId: (type, id, options, signal) =>
      ask(`read ${type} ${id}`, signal, () => client.getByExternalId(type, id, options)),
    upsertByExternalId: (type, id, body, options, signal) =>
      ask(`upsert ${type} ${id}${options?.replace === undefined ? '' : ' replacing'}`, signal, () =>
        client.upsertByExternalId(type, id, body, options),
      ),
    findItems: (skus, signal) => ask('find items', signal, () => client.findItems(skus)),
    check: (signal) => ask('check', signal, () => client.check()),
  }
}

function cutOff(signal: AbortSignal): StreamError {
  return new StreamError('stopping', 'the call was cut off', { cause: signal.reason })
}

/** Fields that tell items apart in a trace. */
const TELLING = ['id', 'pk', 'sku', 'task', 'entity', 'connection', 'key', 'state', 'status', 'rank', 'position']

function briefly(item: Readonly<Record<string, unknown>>): string {
  return TELLING.flatMap((name) => (typeof item[name] === 'string' ? [item[name]] : [])).join(' ')
}

function textOf(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => (typeof value === 'object' ? name : `${name}=${value}`))
    .join(' ')
}
