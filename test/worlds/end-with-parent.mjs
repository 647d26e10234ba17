/** Loaded before a program that a test starts: it ends when the test's process is gone, however that ended. */
import process from 'node:process'

const PARENT = 'WALDSTREAM_TEST_PARENT'
const EVERY_MS = 500

const parent = process.env[PARENT]
// How its own children end is theirs to know.
delete process.env[PARENT]
if (parent !== undefined) {
  setInterval(() => {
    if (process.ppid !== Number(parent)) process.kill(process.pid, 'SIGKILL')
  }, EVERY_MS).unref()
}
