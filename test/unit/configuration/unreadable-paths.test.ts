// Paths from a user that could not be read were reported as Node's "ENOENT: no such file or directory, open '…'".
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readTlsFiles } from '../../../src/api/tls-files.ts'
import { createBackupFolder } from '../../../src/cli/backup-folder.ts'
import { readConfig } from '../../../src/config.ts'
import { folderValues } from '../../../src/configuration/folder-values.ts'
import { loadConfiguration } from '../../../src/configuration/load-configuration.ts'
import { createResolver } from '../../../src/configuration/references.ts'
import { toStreamError } from '../../../src/errors.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

/** A folder with nothing at `gone`, and a folder at `folder`. */
async function place() {
  const root = await mkdtemp(join(tmpdir(), 'waldstream-unreadable-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await mkdir(join(root, 'folder'))
  return root
}

const messageOf = async (work: () => unknown): Promise<string> => {
  try {
    await work()
  } catch (error) {
    const { code, message } = toStreamError(error)
    return `${code}: ${message}`
  }
  return 'nothing was thrown'
}

const enough = { KAFKA_BROKERS: 'a:1', SCHEMA_REGISTRY_URL: 'http://a', DYNAMODB_ENDPOINT: 'http://a' }

it.each([
  ['gone', 'does not exist'],
  ['folder', 'is a folder, not a file'],
])('says of a file that is needed why it cannot be read: %s', async (name, fault) => {
  const root = await place()
  const path = join(root, name)
  expect(await messageOf(() => readConfig({ ...enough, API_TOKEN_FILE: path }))).toBe(
    `configuration_invalid: the environment is not usable:\n- API_TOKEN_FILE names ${path}, which ${fault}`,
  )
  expect(await messageOf(() => readTlsFiles({ certFile: path, keyFile: path }))).toBe(
    `configuration_invalid: API_TLS_CERT_FILE: ${path} ${fault}`,
  )
  const own = name === 'folder' ? 'it is not a regular file' : `it ${fault}`
  const resolver = createResolver({ SECRET_FILES: `erp=${path}` })
  expect(await messageOf(() => resolver('erp', `file:${path}`))).toBe(
    `configuration_invalid: file:${path} can't be read (${own}); mount or create this file`,
  )
  expect(await folderValues(root, {})(`file:${name}`)).toEqual({
    mistake: `file:${name} can't be read (${own}); it must be a file in this folder`,
  })
})

it('says of a folder which of its files cannot be read', async () => {
  const root = await place()
  await mkdir(join(root, 'erp.yaml'))
  await symlink(join(root, 'nowhere'), join(root, 'gone.yaml'))
  await writeFile(join(root, 'shop.yaml'), '')
  const found = await messageOf(() => loadConfiguration(root, {}, systemTypes))
  expect(found).toContain(`${join(root, 'erp.yaml')}:1: the document is a folder, not a file`)
  expect(found).toContain(`${join(root, 'gone.yaml')}:1: the document does not exist`)
})

it('says of a backup why its files cannot be written', async () => {
  const folder = join(await place(), 'backup')
  const target = await createBackupFolder(folder)
  await rm(folder, { recursive: true })
  const wrong = `configuration_invalid: ${folder} can't be written: it does not exist; name another folder`
  expect(await messageOf(() => target.add('orders', (async function* () {})()))).toBe(wrong)
  const manifest = { started_at: '2026-01-31T00:00:00.000Z' } as Parameters<typeof target.finish>[0]
  expect(await messageOf(() => target.finish(manifest))).toBe(wrong)
})
