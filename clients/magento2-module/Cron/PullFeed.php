<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Cron;

use Psr\Log\LoggerInterface;
use Waldstream\Feeds\Model\Config;
use Waldstream\Feeds\Model\PullFeed as Pull;

/** Pulls one feed by schedule. */
class PullFeed
{
    /**
     * Constructor.
     *
     * @param Config $config
     * @param Pull $pull
     * @param LoggerInterface $logger
     * @param string $feed
     */
    public function __construct(
        private readonly Config $config,
        private readonly Pull $pull,
        private readonly LoggerInterface $logger,
        private readonly string $feed,
    ) {
    }

    /**
     * Pull the feed where it is switched on.
     *
     * @return void
     */
    public function execute(): void
    {
        if (!$this->config->isPulled($this->feed)) {
            return;
        }
        $error = $this->pull->run($this->feed)?->error;
        if ($error !== null) {
            $this->logger->error("Waldstream: the pull of {$this->feed} ended: {$error}");
        }
    }
}
