import { type Config, configFromEnvironment } from '../config.ts'

/** Settings of a command that people run: unless LOG_LEVEL is set, its output is mixed with no log lines but warnings. */
export function commandConfig(): Config {
  const config = configFromEnvironment()
  return config.logLevelIsDefault ? { ...config, logLevel: 'warn' } : config
}
