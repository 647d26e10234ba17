import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const START = fileURLToPath(new URL('../../../demo/start.ts', import.meta.url))

it('with --json the last line of stdout is JSON, also where nothing could begin', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [START, '--once', '--json', '--catalog', '/nowhere.csv'],
    {
      encoding: 'utf8',
    },
  )
  expect(status).toBe(2)
  expect(stderr).toContain('--catalog: there is no file /nowhere.csv')
  expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
    ok: false,
    error: { message: '--catalog: there is no file /nowhere.csv' },
  })
})
