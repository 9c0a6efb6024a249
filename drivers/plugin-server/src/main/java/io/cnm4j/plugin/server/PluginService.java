package io.cnm4j.plugin.server;

import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Method;
import java.util.Map;
import java.util.Optional;

/** What a server offers under one type. Thread-safe. */
public interface PluginService {
    /** Returns the type, such as {@link Method#NETWORK_DRIVER}. */
    String type();

    /**
     * Answers a request.
     *
     * @return the fields of the answer; absent if it has no such method
     * @throws io.cnm4j.api.error.CnmException if it is refused; its message is the answer
     * @throws io.cnm4j.driver.remote.protocol.BadMessageException if the request makes no sense
     */
    Optional<Map<String, Object>> answer(Method method, Fields request);
}
