<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Cron;

use Waldstream\Feeds\Model\PullLog;

/** Removes pulls that are older than 30 days. */
class ForgetPulls
{
    /**
     * Constructor.
     *
     * @param PullLog $log
     */
    public function __construct(private readonly PullLog $log)
    {
    }

    /**
     * Remove them.
     *
     * @return void
     */
    public function execute(): void
    {
        $this->log->forget();
    }
}
