<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** Sends requests. Redirects are not followed: a key is never sent to another address. */
interface Transport
{
    /**
     * Throws FeedException `unavailable`, transient, if there is no answer.
     *
     * @param array<string, string> $headers
     * @param float $timeout in seconds
     * @param string|null $body sent by POST; null: GET
     */
    public function send(string $url, array $headers, float $timeout, ?string $body = null): Response;
}
