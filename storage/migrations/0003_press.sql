-- A press may come again under another number; its answer tells that it had its effect.
CREATE INDEX outbox_press ON outbox (lane) WHERE urgent = 1;
