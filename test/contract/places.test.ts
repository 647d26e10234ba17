// Local folder and SFTP keep the same contract; SFTP is tested with OpenSSH's own server.

import { lookup } from 'node:dns'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localPlace } from '../../src/systems/files/local-place.ts'
import { type SftpOptions, sftpPlace } from '../../src/systems/files/sftp-place.ts'
import { testPlace } from '../worlds/place-acceptance.ts'
import { noSftpServer, type SftpServer, startSftpServer } from '../worlds/sftp-server.ts'

const never = new AbortController().signal

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waldstream-place-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const optionsOf = ({ host, port, username, key, hostKey, folder }: SftpServer): SftpOptions => {
  const signIn = { key, passphrase: null }
  return { host, port, username, root: folder, signIn, hostKeys: [hostKey], lookup, timeoutMs: 20_000 }
}

testPlace('a local folder', async () => localPlace(ownFolder()))
testPlace('an SFTP server', async () => sftpPlace(optionsOf(await startSftpServer())), noSftpServer)

describe('a local folder', () => {
  it('does not follow a way out of it', async () => {
    const [root, other] = [ownFolder(), ownFolder()]
    writeFileSync(join(other, 'secret.csv'), 'secret')
    symlinkSync(other, join(root, 'out'))
    symlinkSync(join(other, 'secret.csv'), join(root, 'link.csv'))
    mkdirSync(join(root, 'in'))
    await localPlace(root).visit(async (visit) => {
      expect(await visit.list('')).toEqual([])
      for (const path of ['out/secret.csv', 'link.csv', '../secret.csv', 'in/../../x.csv']) {
        await expect(Array.fromAsync(visit.read(path))).rejects.toMatchObject({
          code: expect.stringMatching(/permission_missing|not_found/),
        })
        expect(await visit.find(path).catch(() => null)).toBeNull()
      }
      await expect(visit.write('out/new.csv', Buffer.from('x'))).rejects.toMatchObject({ code: 'permission_missing' })
    }, never)
  })
})

describe.skipIf(noSftpServer !== null)('an SFTP server', () => {
  const list = async (options: SftpOptions) => await sftpPlace(options).visit((visit) => visit.list(''), never)

  it('with another host key than the pinned one gets nothing, and the fingerprint is named', async () => {
    const server = await startSftpServer()
    const wrong = { ...optionsOf(server), hostKeys: ['SHA256:other'] }
    await expect(list(wrong)).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'settings.hostKey',
      message: expect.stringContaining(`has the host key ${server.hostKey}, but settings.hostKey is SHA256:other`),
    })
    await expect(list({ ...optionsOf(server), hostKeys: [] })).rejects.toMatchObject({
      message: expect.stringContaining('settings.hostKey is missing'),
    })
    expect(await list({ ...optionsOf(server), hostKeys: ['SHA256:other', server.hostKey] })).toEqual([])
  })

  it('refuses another key of the user', async () => {
    const [server, other] = [await startSftpServer(), await startSftpServer()]
    await expect(list({ ...optionsOf(server), signIn: { key: other.key, passphrase: null } })).rejects.toMatchObject({
      code: 'credentials_refused',
      message: expect.stringContaining(`refused the user ${server.username}`),
    })
    await expect(list({ ...optionsOf(server), signIn: { key: 'no key', passphrase: null } })).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'secrets.key',
    })
  })

  it('that is gone is unavailable', async () => {
    const server = await startSftpServer()
    await server.stop()
    await expect(list(optionsOf(server))).rejects.toMatchObject({ code: 'target_unavailable' })
  })
})
