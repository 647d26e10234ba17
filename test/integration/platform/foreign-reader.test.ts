import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { decimal4 } from '../../../src/events/decimal.ts'
import type { OrderChanged } from '../../../src/events/generated/events.ts'
import { createCodec } from '../../../src/platform/registry/codec.ts'
import { eventOf, kinds, schemaOf } from '../../property/platform/event-arbitrary.ts'
import { openLog, silent } from './log-fixture.ts'

const url = inject('services')['SCHEMA_REGISTRY_URL'] ?? ''
const PROGRAM = fileURLToPath(new URL('read_topic.py', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

function run(command: string, args: readonly string[], input = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args)
    let [out, error] = ['', '']
    child.stdout.on('data', (text) => {
      out += text
    })
    child.stderr.on('data', (text) => {
      error += text
    })
    child.on('error', (cause) => resolve({ code: null, out, error: String(cause) }))
    child.on('close', (code) => resolve({ code, out, error }))
    child.stdin.end(input)
  })
}

/** A Python with fastavro in a folder of its own, or why there is none. */
async function python(): Promise<{ readonly path: string } | { readonly none: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-python-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const made = await run('python3', ['-m', 'venv', folder])
  if (made.code !== 0) return { none: `python3 makes no environment: ${made.error || made.out}` }
  const path = join(folder, 'bin', 'python')
  const installed = await run(path, ['-m', 'pip', 'install', '--quiet', '--retries=1', 'fastavro>=1.9,<2'])
  return installed.code === 0 ? { path } : { none: `pip installs no fastavro: ${installed.error}` }
}

/** What the program prints for a value, by the schema: decimals as text with all their digits. */
function expected(schema: unknown, value: unknown): unknown {
  if (Array.isArray(schema))
    return value === null
      ? null
      : expected(
          schema.find((branch) => branch !== 'null'),
          value,
        )
  if (typeof schema === 'string') return Buffer.isBuffer(value) ? { bytes: value.toString('base64') } : value
  const node = schema as Readonly<Record<string, unknown>>
  if (node['logicalType'] === 'decimal') return { decimal: decimalText(value as bigint, Number(node['scale'])) }
  if (node['type'] === 'array') return (value as unknown[]).map((item) => expected(node['items'], item))
  if (node['type'] !== 'record') return value
  const fields = node['fields'] as { readonly name: string; readonly type: unknown }[]
  const record = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(fields.map(({ name, type }) => [name, expected(type, record[name])]))
}

function decimalText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

describe('a program that is not ours', () => {
  it('reads every topic with nothing but the registry', async (context) => {
    const interpreter = await python()
    if ('none' in interpreter) return context.skip(interpreter.none)
    const { log, producer, topic, prefix } = await openLog()
    const codec = await createCodec({ url, prefix, logger: silent })
    const name = await topic('orders')
    // Named schemas repeated by name stay in their place only with records of one kind: each kind has its own sample.
    const samples = kinds.flatMap((kind) => fc.sample(eventOf(kind), 5).map((event) => ({ kind, event })))
    const [order] = fc.sample(eventOf('orders'), 1) as [OrderChanged]
    const priced: OrderChanged = { ...order, data: { ...order.data, tax: decimal4('-19.99', 'tax') } }
    const all = [{ kind: 'orders' as const, event: priced }, ...samples]
    await producer.send(
      all.map(({ kind, event }) => ({ topic: name, key: 'k', value: codec.encode(kind, event as never) })),
    )
    const values: string[] = []
    const consumption = await log.consume({
      group: `${prefix}foreign`,
      topics: [name],
      from: 'earliest',
      onFailure: () => undefined,
      onBatch: async (batch) => {
        values.push(...batch.records.map(({ value }) => value?.toString('base64') ?? ''))
        await batch.commit((batch.records.at(-1)?.offset ?? 0n) + 1n)
      },
    })
    await vi.waitFor(() => expect(values).toHaveLength(all.length), { timeout: 240_000, interval: 20 })
    await consumption.close()

    const read = await run(interpreter.path, [PROGRAM, url], `${values.join('\n')}\n`)
    expect(read.error).toBe('')
    const events = read.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events[0]).toMatchObject({ data: { tax: { decimal: '-19.9900' } } })
    expect(events).toEqual(all.map(({ kind, event }) => expected(schemaOf(kind), event)))
  })
})
