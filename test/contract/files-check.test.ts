// What `doctor` does with a vendor's files: it tests the way in and out with a file of its own, and leaves nothing.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createFilesClient } from '../../src/systems/files/client.ts'
import { settings as declared } from '../../src/systems/files/settings.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectable } from '../worlds/settings.ts'
import { governors, wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'

const signal = new AbortController().signal

function world(root: string | null = null) {
  const given = { id: 'acme', address: 'folder:///', secrets: {}, settings: {}, limits: { concurrency: 1 } }
  const deps = { clock: wallClock, governors, network: localNetwork, logger: silentLogger, folderOf: () => root }
  return createFilesClient(connectable(declared, given), deps)
}

function folder(): string {
  const root = mkdtempSync(join(tmpdir(), 'waldstream-check-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  return root
}

it('writes, moves, reads and removes a file of its own, and names folders that are missing', async () => {
  const root = folder()
  mkdirSync(join(root, 'inventory'))
  const { warnings } = await world(root).check(signal)
  expect(warnings).toEqual([
    expect.stringContaining('settings.products.folder: '),
    expect.stringContaining('settings.fulfilments.folder: '),
  ])
  expect(warnings?.[0]).toContain('products does not exist; create it, or correct the path in the settings')
  expect(readdirSync(join(root, 'orders'))).toEqual(['.waldstream'])
  expect(readdirSync(join(root, 'orders', '.waldstream'))).toEqual([])
})

it('fails where its folder is not there or not provided', async () => {
  await expect(world(join(folder(), 'none')).check(signal)).rejects.toMatchObject({ code: 'not_found' })
  expect(() => world()).toThrow('system acme (files): address is a folder of this machine; the operator has to set')
})
