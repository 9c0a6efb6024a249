package io.cnm4j.spi.driver;

/**
 * Implemented by drivers whose links are born inside a sandbox, with no end on the host: nothing on the host shows them, so what an
 * interrupted call left is looked for in the sandboxes.
 */
public interface ChildLinkDriver {}
