<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

/** What a pull did. */
class PullReport
{
    /** @var int */
    public int $pages = 0;
    /** @var int rows read from the feed */
    public int $read = 0;
    /** @var bool the feed was caught up */
    public bool $complete = false;
    /** @var int rows written to the catalog */
    public int $written = 0;
    /** @var int rows that could not be written */
    public int $failed = 0;
    /** @var string|null what ended the pull */
    public ?string $error = null;
}
