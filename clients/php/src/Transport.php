<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** Sends requests. Redirects are not followed: the key is never sent to another URL. */
interface Transport
{
    /**
     * Throws FeedException `unavailable`, transient, if there is no answer.
     *
     * @param array<string, string> $headers
     * @param float $timeout in seconds
     * @param string|null $body body of a POST; null: GET
     */
    public function send(string $url, array $headers, float $timeout, ?string $body = null): Response;
}
