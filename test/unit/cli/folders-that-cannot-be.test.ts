// `waldstream backup <file>` printed a stack trace, and `backup /proc/x` never ended: Node's recursive mkdir tries again.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createBackupFolder } from '../../../src/cli/backup-folder.ts'
import { initCommand } from '../../../src/cli/init.ts'

const ANSWERS = {
  shopId: undefined,
  shopSignIn: undefined,
  vendorId: undefined,
  vendorSignIn: undefined,
  connection: undefined,
  skuPattern: undefined,
  ordersFrom: undefined,
  shop: 'magento2',
  shopAddress: 'https://shop.example.com',
  vendor: 'netsuite',
  vendorAddress: 'https://1234567.suitetalk.api.netsuite.com',
  set: ['vendor.account=1234567'],
  json: true,
}

async function placeWithFile() {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-folders-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'file')
  await writeFile(file, '')
  return { folder, file }
}

it('are refused with the reason and the fix', async () => {
  const { file } = await placeWithFile()
  // A system without /proc says that /proc is missing or closed.
  for (const dir of [file, join(file, 'x'), '/proc/waldstream/x']) {
    const backup = {
      code: 'configuration_invalid',
      message: expect.stringMatching(/can't be created: it .*; name another/),
    }
    await expect(createBackupFolder(dir)).rejects.toMatchObject(backup)
    const init = {
      code: 'request_invalid',
      message: expect.stringMatching(/can't be written: it .*; name another folder$/),
    }
    await expect(initCommand({ ...ANSWERS, dir })).rejects.toMatchObject(init)
  }
})

it('are created with those above them, for their owner alone', async () => {
  const { folder } = await placeWithFile()
  await createBackupFolder(join(folder, 'a', 'b'))
  expect((await stat(join(folder, 'a', 'b'))).mode & 0o777).toBe(0o700)
  expect(await readdir(join(folder, 'a'))).toEqual(['b'])
  // An existing empty one, too.
  await createBackupFolder(join(folder, 'a', 'b'))
})
