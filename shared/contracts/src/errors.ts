/** Every error a user can meet: a stable code, what it means, what to do. `docs/errors.md` lists the same codes. */
export const errorCodes = {
  SEAM_NOT_JSON: 'The bytes are not valid JSON in UTF-8.',
  SEAM_NOT_CLOUDEVENT:
    'The envelope is not a CloudEvent 1.0 (specversion, id, source and type are required).',
  SEAM_UNKNOWN_TYPE: 'The event type is not one that this topic carries.',
  SEAM_WRONG_SHAPE: 'The event data does not fit the schema of its type.',
  SEAM_WRONG_TIMES: 'Times contradict each other, such as a close before the start.',
  SEAM_SCORE_RANGE: 'The survey score is outside the range of its instrument.',
  SEAM_EVENT_FUTURE: 'The event lies more than five minutes ahead of the time at which it was appended.',
  SEAM_EVENT_TOO_LATE: 'The event is older than the allowed lateness.',
  SEAM_EVENT_TOO_LARGE: 'The event is larger than 64 KiB.',
  SEAM_SURVEY_ORPHAN: 'The interaction of this survey stayed unknown for the allowed lateness.',
  SEAM_POLICY_INVALID: 'The policy file has errors; all of them are listed with line and path.',
  SEAM_POLICY_MISSING: 'The policy file cannot be read.',
  SEAM_KAFKA_UNREACHABLE: 'No Kafka broker answers at the configured address.',
  SEAM_KAFKA_TOPIC: 'A topic is missing or has another number of partitions than needed.',
  SEAM_INFLUX_UNREACHABLE: 'InfluxDB does not answer at the configured address.',
  SEAM_INFLUX_CONFIG: 'InfluxDB refuses the token, the organisation or the bucket.',
  SEAM_INFLUX_REFUSED: 'InfluxDB refuses a point as malformed; the point is set aside with its reason.',
  SEAM_STORE_BUSY: 'The embedded store is in use by another process.',
  SEAM_STORE_VERSION: 'What is stored was written by another version of the program.',
  SEAM_PORT_TAKEN: 'The port is in use by another program.',
  SEAM_CONFIG: 'A setting is missing or malformed.',
  SEAM_REPLAY_BEHIND: 'The file lies behind the running watermark, so it would be dead-lettered as too late.',
  SEAM_REPLAY_STATE:
    'A history cannot be taken into state alone: the store is not empty, or a file is not in order of time.',
  SEAM_REPLAY_ROW: 'A row of the file cannot be mapped to an event.',
  SEAM_FRAME_INVALID: 'A WebSocket frame is too large or does not fit the protocol.',
  SEAM_UNAUTHORISED: 'The request carries no valid token for this action.',
  SEAM_NOT_FOUND: 'There is nothing at this address.',
  SEAM_BAD_REQUEST: 'The request does not fit the API.',
  SEAM_ORIGIN: 'The request comes from a web page of another origin.',
  SEAM_BUSY: 'The service takes no more at present; sending the same again later is harmless.',
  SEAM_TOO_SLOW: 'A WebSocket client reads more slowly than alerts arrive.',
  SEAM_INTERNAL: 'The service met a fault of its own; its log has the details.',
  SEAM_NOT_READY: 'The service is starting, or something that it depends on is away.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** An error with a stable code; `message` says what was found and what would be right. */
export class SeamError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SeamError';
    this.code = code;
  }
}
