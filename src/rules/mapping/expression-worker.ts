import { serveTasks } from '../../platform/sandbox/serve-tasks.ts'
import { runExpressions } from './run-expressions.ts'

/** A thread that evaluates expressions of the configuration. */
serveTasks(runExpressions)
