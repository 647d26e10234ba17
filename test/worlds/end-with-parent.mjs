/** Loaded before a program that a test starts: it ends when the test's process is gone, however that ended. */
import process from 'node:process'

const parent = Number(process.env['WALDSTREAM_TEST_PARENT'])
const EVERY_MS = 500

// Its own children have another parent: how they end is theirs.
if (process.ppid === parent) {
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
  }, EVERY_MS).unref()
}
