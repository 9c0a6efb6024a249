package io.cnm4j.core.sim;

import io.cnm4j.api.NetworkController;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One call.
 *
 * @param text what is called
 * @param creates whether a failure must leave nothing; else the call removes, and may be repeated until all is gone
 * @param sure whether it must succeed on a sound host when nothing goes wrong
 * @param after the facts when it has succeeded
 * @param call calls it
 */
record Step(String text, boolean creates, boolean sure, Set<String> after, Consumer<NetworkController> call) {}
