import { expect, it, onTestFinished, vi } from 'vitest'
import { printList } from '../../../src/cli/print-list.ts'

it('a list has a line for each on stdout; that there is none is said on stderr', () => {
  const stdout = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const stderr = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  onTestFinished(() => {
    stdout.mockRestore()
    stderr.mockRestore()
  })
  printList([], String, 'nothing is held')
  expect([stdout.mock.calls, stderr.mock.calls]).toEqual([[], [['nothing is held']]])
  printList([1, 2], (number) => `order ${number}`, 'nothing is held')
  expect(stdout.mock.calls).toEqual([['order 1'], ['order 2']])
})
