// The file with which a shell finds what runs here was readable by everyone, with a real secret of AWS in it.
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { demoMarker } from '../../../demo/demo-files.ts'
import { writeShellEnvironment } from '../../../demo/endpoints.ts'

it('is readable by its user alone, and has no credentials that the environment brings', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-env-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'env')
  await writeFile(file, 'of before')
  await chmod(file, 0o644)
  const env = {
    // Commands printed log lines at the level of the demo between their own.
    LOG_LEVEL: 'debug',
    KAFKA_BROKERS: 'a:1',
    TEXT: "it's",
    AWS_REGION: 'eu',
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_SECRET_ACCESS_KEY: 'real',
  }
  const given = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'real', AWS_SESSION_TOKEN: 'token' }
  writeShellEnvironment({ shell: file }, env, given)
  const [marker] = Object.entries(demoMarker())
  expect(await readFile(file, 'utf8')).toBe(
    `export KAFKA_BROKERS='a:1'\nexport TEXT='it'\\''s'\nexport AWS_REGION='eu'\nexport ${marker?.[0]}='${marker?.[1]}'\n`,
  )
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  // The local stand-ins take any: a shell needs some.
  writeShellEnvironment({ shell: file }, { AWS_SECRET_ACCESS_KEY: 'local' }, {})
  expect(await readFile(file, 'utf8')).toContain("export AWS_SECRET_ACCESS_KEY='local'\n")
})
