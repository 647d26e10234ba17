import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { complete } from '../../../src/cli/complete.ts'

const wordsAfter = (...words: readonly string[]) => complete(words).map(({ word }) => word)

describe('completion', () => {
  it('offers commands, and their actions', () => {
    expect(wordsAfter('va')).toEqual(['validate'])
    expect(wordsAfter('--v')).toEqual(['--version'])
    expect(wordsAfter('keys', '')).toEqual(['list', 'create', 'rotate', 'revoke'])
    expect(wordsAfter('keys', 're')).toEqual(['revoke'])
    expect(wordsAfter('order', 'h')).toEqual(['hold', 'holds'])
  })

  it('offers options that are not there yet', () => {
    expect(wordsAfter('apply', 'config/demo', '--d')).toEqual(['--dry-run'])
    expect(wordsAfter('apply', 'config/demo', '--dry-run', '--d')).toEqual([])
    expect(wordsAfter('fulfil', 'ship', '5', '--line', '1=2', '--li')).toEqual(['--line'])
    expect(wordsAfter('keys', 'revoke', '--')).toEqual(['--reason', '--by', '--json', '--help'])
    expect(wordsAfter('tasks', '--st')).toEqual(['--state'])
  })

  it('offers the choices of an option and of an operand', () => {
    expect(wordsAfter('run', '--role', 'p')).toEqual(['producer', 'processor', 'projector'])
    expect(wordsAfter('stage', '')).toEqual(['frontend', 'backend'])
    expect(wordsAfter('stage', '--status', 'failed', 'backend', 'c', 'o')).toEqual(['orders'])
    expect(wordsAfter('completion', 'f')).toEqual(['fish'])
  })

  it('leaves names of files, values and what is unknown to the shell', () => {
    expect(wordsAfter('apply', '')).toEqual([])
    expect(wordsAfter('apply', '--reason', '')).toEqual([])
    expect(wordsAfter('nothing', '')).toEqual([])
    expect(wordsAfter('constructor', '')).toEqual([])
  })
})

it('completes in bash', () => {
  const script = `
    waldstream() { "${process.execPath}" src/cli/main.ts "$@"; }
    source <(waldstream completion bash)
    COMP_WORDS=(waldstream keys re) COMP_CWORD=2
    _waldstream
    echo "\${COMPREPLY[@]}"
    COMP_WORDS=(waldstream run --role p) COMP_CWORD=3
    _waldstream
    echo "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', script], {
    cwd: new URL('../../../', import.meta.url),
    encoding: 'utf8',
  })
  expect({ stdout, stderr }).toEqual({ stdout: 'revoke\nproducer processor projector\n', stderr: '' })
})
