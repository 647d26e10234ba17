import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localPlace } from '../../src/systems/files/local-place.ts'
import { sampleFiles } from '../../src/systems/files/sample/sample-files.ts'
import { settings as declared } from '../../src/systems/files/settings.ts'
import type { SettingsProposal } from '../../src/systems/kit/settings-proposal.ts'
import { placeClient } from './place-client.ts'
import { valuesOf } from './settings.ts'

/** What is proposed for a vendor whose folder of the entity has these files. Its folders must be as they were. */
export async function proposedFor(
  entity: string,
  files: Readonly<Record<string, string | Buffer>>,
  given: Readonly<Record<string, unknown>> = {},
): Promise<SettingsProposal> {
  const root = mkdtempSync(join(tmpdir(), 'waldstream-sample-'))
  try {
    mkdirSync(join(root, entity))
    for (const [name, content] of Object.entries(files)) writeFileSync(join(root, entity, name), content)
    const before = digestOf(root)
    const settings = valuesOf(declared, given)
    const place = localPlace(root)
    const client = placeClient((work, signal) => place.visit(work, signal))
    const system = { id: 'acme', zone: 'UTC', limits: { concurrency: 1 }, settings }
    const signal = new AbortController().signal
    const [proposal] = await sampleFiles({ client, system, clock: { now: () => Date.now() }, entity }, signal)
    if (proposal === undefined) throw new Error('nothing was proposed')
    if (digestOf(root) !== before) throw new Error('the folder was changed')
    return proposal
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** The settings that need no person. */
export function certainOf({ settings }: SettingsProposal): Readonly<Record<string, unknown>> {
  return Object.fromEntries(settings.filter(({ isCertain }) => isCertain).map(({ name, value }) => [name, value]))
}

/** Those that a person has to decide. */
export function openOf({ settings }: SettingsProposal): Readonly<Record<string, unknown>> {
  return Object.fromEntries(settings.filter(({ isCertain }) => !isCertain).map(({ name, value }) => [name, value]))
}

function digestOf(root: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted()) {
    hash.update(name)
    if (/\./.test(name)) hash.update(readFileSync(join(root, name)))
  }
  return hash.digest('hex')
}
