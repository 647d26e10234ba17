import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

function waldstream(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli/main.ts', ...args], {
    cwd: new URL('../../../', import.meta.url),
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('the command', () => {
  it('names the one that was probably meant', () => {
    const { status, stderr } = waldstream('aply', 'config')
    expect(status).toBe(2)
    expect(stderr).toContain('there is no command "aply"; did you mean apply?')
  })

  it('says errors as JSON where it is asked to', () => {
    const { status, stdout, stderr } = waldstream('validate', '/there/is/none', '--json')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    const { error } = JSON.parse(stderr)
    expect(error).toEqual({
      code: 'configuration_invalid',
      message: expect.stringContaining('folder /there/is/none does not exist'),
      field: '/there/is/none',
    })
  })
})
