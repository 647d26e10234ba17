/** A command that is refused was asked for all the same: who tried what stands in the audit trail, as with the API. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, it, onTestFinished } from 'vitest'
import type { AuditEntry } from '../../../src/operations/audit.ts'
import { startProgram } from '../../worlds/processes.ts'

const PERSON = 'zoe@example.com'

it('commands that are refused are in the trail, without whom they were about; what is no command is not', async () => {
  const own = `refused-${randomUUID().slice(0, 8)}.`
  const env = { ...inject('services'), TABLE_PREFIX: own, TOPIC_PREFIX: own, LOG_LEVEL: 'silent' }
  const waldstream = async (...args: readonly string[]) => {
    const program = await startProgram({ name: 'waldstream', args: ['src/cli/main.ts', ...args], env })
    const { code } = await program.exited
    return { code, text: program.output().trim() }
  }
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-refused-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'systems.yaml'), 'kind: system\nid: shop\ntype: none\n')
  const refused: readonly [line: string, what: string, target: string | null, code: string][] = [
    ['keys revoke abcdefghijkl', 'keys revoke', 'abcdefghijkl', 'not_found'],
    ['keys create ann --scopes observe --connections nobody', 'keys create', null, 'request_invalid'],
    [`forget ${PERSON} --confirm zoe@example.org`, 'forget', null, 'request_invalid'],
    [
      'reads set-cut-date shop.orders.all --cut-date none --reason no --yes',
      'reads set-cut-date',
      'shop.orders.all',
      'not_found',
    ],
    [`apply ${folder}`, 'apply', null, 'configuration_invalid'],
    ['dead-letters discard none --reason no --yes', 'dead-letters discard', 'none', 'not_found'],
    ['rebuild products --drop --yes', 'rebuild --drop', 'products', 'not_found'],
    ['replay cancel none', 'replay cancel', 'none', 'not_found'],
    ['pauses resume route-orders shop', 'pauses resume', 'route-orders shop', 'not_found'],
    ['positions set deliver-none --at latest', 'positions set', 'deliver-none', 'not_found'],
    ['rows remove connections connection none', 'rows remove', 'connections connection none', 'not_found'],
    ['sync shop.orders.all', 'sync', 'shop.orders.all', 'not_found'],
    ['tasks retry none', 'tasks retry', 'none', 'not_found'],
  ]
  for (const [line] of refused) expect([line, (await waldstream(...line.split(' '))).code]).toEqual([line, 1])
  expect((await waldstream('keys', 'revoke')).code).toBe(2)
  for (const unknown of ['revoke', 'constructor', 'toString']) {
    expect(await waldstream(unknown)).toMatchObject({ code: 2, text: expect.stringContaining(`"${unknown}"`) })
  }
  expect((await waldstream('keys', 'list')).code).toBe(0)
  const { text } = await waldstream('audit', '--json')
  const { items } = JSON.parse(text) as { readonly items: readonly AuditEntry[] }
  expect(items.map(({ what, target, code }) => [what, target, code]).toReversed()).toEqual(
    refused.map(([, ...entry]) => entry),
  )
  expect(new Set(items.map(({ kind, outcome }) => `${kind} ${outcome}`))).toEqual(new Set(['cli refused']))
  expect(text).not.toContain(PERSON)
}, 240_000)
