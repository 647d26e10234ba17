// `npm start` in a shell that had read .waldstream/env used the servers of the running demo and gave its systems other
// addresses, which broke every read of it. A second demo overwrote the file of the first.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { assertOwnShell, demoFiles, demoMarker } from '../../../demo/demo-files.ts'
import { writeShellEnvironment } from '../../../demo/endpoints.ts'
import { markProcess } from '../../../services/lock.ts'

it('refuses a shell that has the environment of a demo, and says what to do', () => {
  expect(() => assertOwnShell({ DEMO_VENDOR_PATTERN: '^X' })).not.toThrow()
  expect(() => assertOwnShell(demoMarker())).toThrow(
    expect.objectContaining({
      code: 'configuration_invalid',
      field: 'WALDSTREAM_DEMO',
      message: expect.stringMatching(/^this shell has the environment of a demo .*: open a new terminal/),
    }),
  )
})

it('leaves the files of another running demo alone, and takes those of one that ended', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-files-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const options = { endpointsFile: join(folder, 'endpoints.json'), dataDir: join(folder, 'data-0a1b2c3d') }
  const usual = { endpoints: join(folder, 'endpoints.json'), shell: join(folder, 'env') }
  expect(demoFiles(options)).toEqual(usual)
  const { pid, began } = markProcess(process.ppid)
  await writeFile(
    usual.shell,
    `export A='1'\nexport WALDSTREAM_DEMO='${pid}${began === undefined ? '' : ` ${began}`}'\n`,
  )
  expect(demoFiles(options)).toEqual({
    endpoints: join(folder, 'endpoints-0a1b2c3d.json'),
    shell: join(folder, 'env-0a1b2c3d'),
  })
  // Another process has its id now.
  await writeFile(usual.shell, `export WALDSTREAM_DEMO='${pid} 1'\n`)
  if (began !== undefined) expect(demoFiles(options)).toEqual(usual)
  // Its own, and one without the marker.
  writeShellEnvironment(usual, { A: '1' }, {})
  expect(demoFiles(options)).toEqual(usual)
  await writeFile(usual.shell, "export A='1'\n")
  expect(demoFiles(options)).toEqual(usual)
})
