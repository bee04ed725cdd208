CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE appearance (
	id INTEGER NOT NULL, 
	source VARCHAR NOT NULL, 
	external_id VARCHAR NOT NULL, 
	post VARCHAR, 
	digest VARCHAR NOT NULL, 
	seen_at DATETIME NOT NULL, 
	gone_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (source, external_id)
);

CREATE INDEX appearance_post ON appearance (post);

CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	about VARCHAR NOT NULL, 
	why VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE blind_spot (
	id INTEGER NOT NULL, 
	source VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	why VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_blind_spot_source ON blind_spot (source);

CREATE TABLE book_version (
	version VARCHAR NOT NULL, 
	loaded_at DATETIME NOT NULL, 
	files JSON NOT NULL, 
	PRIMARY KEY (version)
);

CREATE TABLE contact (
	id INTEGER NOT NULL, 
	person VARCHAR NOT NULL, 
	customer VARCHAR, 
	purpose VARCHAR NOT NULL, 
	channel VARCHAR, 
	delivery INTEGER, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);

CREATE INDEX contact_person ON contact (person, at);

CREATE TABLE customer (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	segment VARCHAR NOT NULL, 
	"plan" VARCHAR NOT NULL, 
	products JSON NOT NULL, 
	region VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	timezone VARCHAR NOT NULL, 
	language VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	owner_role VARCHAR NOT NULL, 
	tags JSON NOT NULL, 
	renewal_at VARCHAR NOT NULL, 
	consents JSON NOT NULL, 
	do_not_contact BOOLEAN NOT NULL, 
	columns JSON NOT NULL, origin VARCHAR DEFAULT 'file' NOT NULL, digest VARCHAR DEFAULT '' NOT NULL, generation INTEGER DEFAULT '0' NOT NULL, added_at DATETIME, 
	PRIMARY KEY (id)
);

CREATE TABLE delivery (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	rule VARCHAR, 
	mention INTEGER, 
	issue VARCHAR, 
	person VARCHAR, 
	customer VARCHAR, 
	channel VARCHAR, 
	purpose VARCHAR NOT NULL, 
	mode VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	due_at DATETIME NOT NULL, 
	created_at DATETIME NOT NULL, 
	claimed_at DATETIME, 
	attempts INTEGER NOT NULL, 
	last_error VARCHAR, 
	done_at DATETIME, 
	expires_at DATETIME, 
	told INTEGER NOT NULL, 
	told_at DATETIME, 
	text VARCHAR NOT NULL, 
	message JSON NOT NULL, 
	options JSON NOT NULL, 
	reservations JSON NOT NULL, 
	decided_by VARCHAR, 
	why VARCHAR, 
	external JSON, decided_at DATETIME, alert INTEGER, anyway VARCHAR, 
	PRIMARY KEY (id), 
	UNIQUE ("key")
);

CREATE INDEX delivery_queue ON delivery (status, due_at);

CREATE INDEX ix_delivery_mention ON delivery (mention);

CREATE INDEX ix_delivery_person ON delivery (person);

CREATE TABLE limit_counter (
	"key" VARCHAR NOT NULL, 
	stamps JSON NOT NULL, 
	amount FLOAT NOT NULL, 
	PRIMARY KEY ("key")
);

CREATE TABLE measure (
	id INTEGER NOT NULL, 
	source VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	about VARCHAR NOT NULL, 
	value FLOAT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_measure_source ON measure (source);

CREATE TABLE mention (
	id INTEGER NOT NULL, 
	post VARCHAR NOT NULL, 
	brand VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	external_id VARCHAR NOT NULL, 
	platform VARCHAR NOT NULL, 
	voice VARCHAR NOT NULL, 
	url VARCHAR, 
	author_handle VARCHAR, 
	author_name VARCHAR, 
	author_url VARCHAR, 
	author_followers INTEGER, 
	title VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	language VARCHAR, 
	rating FLOAT, 
	posted_at DATETIME NOT NULL, 
	dated BOOLEAN NOT NULL, 
	seen_at DATETIME NOT NULL, 
	edited_at DATETIME, 
	gone_at DATETIME, 
	thread VARCHAR, 
	reply_to_us BOOLEAN NOT NULL, 
	company_reply VARCHAR, 
	attributes JSON NOT NULL, 
	words JSON NOT NULL, 
	tags JSON NOT NULL, 
	first_poll BOOLEAN NOT NULL, 
	history BOOLEAN NOT NULL, 
	own BOOLEAN NOT NULL, 
	simhash BIGINT NOT NULL, 
	copy_a BIGINT, 
	copy_b BIGINT, 
	duplicate_of INTEGER, 
	decided_at DATETIME, 
	person VARCHAR, 
	customer VARCHAR, 
	issue VARCHAR, 
	product VARCHAR, 
	topic VARCHAR, 
	label VARCHAR, 
	score FLOAT, 
	confidence FLOAT, 
	engine VARCHAR, 
	verdict JSON NOT NULL, fence VARCHAR, 
	PRIMARY KEY (id), 
	UNIQUE (post, brand)
);

CREATE INDEX mention_copy_a ON mention (copy_a);

CREATE INDEX mention_copy_b ON mention (copy_b);

CREATE INDEX mention_person ON mention (person, posted_at);

CREATE INDEX mention_posted ON mention (posted_at);

CREATE INDEX mention_source ON mention (source, id);

CREATE INDEX mention_undecided ON mention (id) WHERE decided_at IS NULL;

CREATE TABLE pause (
	scope VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	why VARCHAR NOT NULL, 
	PRIMARY KEY (scope)
);

CREATE TABLE rule_mode (
	rule VARCHAR NOT NULL, 
	mode VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	PRIMARY KEY (rule)
);

CREATE TABLE setting (
	name VARCHAR NOT NULL, 
	value JSON NOT NULL, 
	PRIMARY KEY (name)
);

CREATE TABLE source (
	name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	identity VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	cursor VARCHAR NOT NULL, 
	next_at DATETIME, 
	hint FLOAT, 
	first_ok_at DATETIME, 
	last_ok_at DATETIME, 
	failures INTEGER NOT NULL, 
	last_error VARCHAR, 
	blind_since DATETIME, 
	items INTEGER NOT NULL, 
	mentions INTEGER NOT NULL, 
	told_day_one BOOLEAN NOT NULL, 
	PRIMARY KEY (name)
);

CREATE INDEX ix_source_next_at ON source (next_at);

CREATE TABLE ticket (
	id INTEGER NOT NULL, 
	person VARCHAR NOT NULL, 
	customer VARCHAR, 
	issue VARCHAR, 
	status VARCHAR NOT NULL, 
	queue VARCHAR NOT NULL, 
	urgency VARCHAR NOT NULL, 
	owner VARCHAR, 
	opened_at DATETIME NOT NULL, 
	first_reply_due DATETIME, 
	resolve_due DATETIME, 
	replied_at DATETIME, 
	closed_at DATETIME, 
	root_cause VARCHAR, 
	outcome VARCHAR, 
	external JSON, owner_role VARCHAR, reply_warn_at DATETIME, resolve_warn_at DATETIME, waiting_since DATETIME, wait_until DATETIME, look_at DATETIME, win_back JSON, 
	PRIMARY KEY (id)
);

CREATE INDEX ticket_person ON ticket (person, id);

CREATE TABLE attempt (
	id INTEGER NOT NULL, 
	delivery INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	outcome VARCHAR NOT NULL, 
	error VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(delivery) REFERENCES delivery (id)
);

CREATE INDEX ix_attempt_delivery ON attempt (delivery);

CREATE TABLE decision (
	id INTEGER NOT NULL, 
	mention INTEGER NOT NULL, 
	book VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	fired JSON NOT NULL, 
	settled JSON NOT NULL, 
	nothing_because VARCHAR, 
	facts JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(mention) REFERENCES mention (id)
);

CREATE INDEX ix_decision_mention ON decision (mention);

CREATE TABLE ticket_mention (
	mention INTEGER NOT NULL, 
	ticket INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (mention), 
	FOREIGN KEY(mention) REFERENCES mention (id), 
	FOREIGN KEY(ticket) REFERENCES ticket (id)
);

CREATE INDEX ix_ticket_mention_ticket ON ticket_mention (ticket);

CREATE TABLE ticket_note (
	id INTEGER NOT NULL, 
	ticket INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, mark VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(ticket) REFERENCES ticket (id)
);

CREATE INDEX ix_ticket_note_ticket ON ticket_note (ticket);

CREATE TABLE version (
	id INTEGER NOT NULL, 
	mention INTEGER NOT NULL, 
	until DATETIME NOT NULL, 
	title VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	rating FLOAT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(mention) REFERENCES mention (id)
);

CREATE INDEX ix_version_mention ON version (mention);

CREATE TABLE silence (
	id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	owner VARCHAR NOT NULL, 
	why VARCHAR NOT NULL, suppressed INTEGER DEFAULT '0' NOT NULL, told_at DATETIME, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_silence_until ON silence (until);

CREATE TABLE rule_rate (
	rule VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	expected FLOAT NOT NULL, 
	fired INTEGER NOT NULL, 
	braked_at DATETIME, 
	PRIMARY KEY (rule)
);

CREATE TABLE rule_hour (
	rule VARCHAR NOT NULL, 
	hour DATETIME NOT NULL, 
	fired INTEGER NOT NULL, 
	PRIMARY KEY (rule, hour)
);

CREATE TABLE given_label (
	mention INTEGER NOT NULL, 
	label VARCHAR NOT NULL, 
	verdict VARCHAR NOT NULL, 
	drawn BOOLEAN NOT NULL, 
	who VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (mention), 
	FOREIGN KEY(mention) REFERENCES mention (id)
);

CREATE INDEX ix_given_label_at ON given_label (at);

CREATE TABLE learned_model (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	labels INTEGER NOT NULL, 
	"before" FLOAT NOT NULL, 
	"after" FLOAT NOT NULL, 
	told VARCHAR NOT NULL, 
	adopted BOOLEAN NOT NULL, 
	rolled_back_at DATETIME, 
	model JSON NOT NULL, kind VARCHAR DEFAULT 'verdicts' NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE spent_token (
	id VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	until DATETIME, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_spent_token_until ON spent_token (until);

CREATE TABLE issue (
	id VARCHAR NOT NULL, 
	brand VARCHAR NOT NULL, 
	topic VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	titled_by VARCHAR, 
	keywords JSON NOT NULL, 
	spread VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	founder INTEGER, 
	opened_at DATETIME NOT NULL, 
	first_seen DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	mentions INTEGER NOT NULL, 
	persons INTEGER NOT NULL, 
	customers INTEGER NOT NULL, 
	persons_now INTEGER NOT NULL, 
	usual_rate FLOAT, 
	ratio FLOAT, 
	affected INTEGER, 
	muted_until INTEGER, 
	muted_by VARCHAR, 
	alias_of VARCHAR, 
	locked BOOLEAN NOT NULL, 
	episode INTEGER NOT NULL, number BIGINT, fence VARCHAR DEFAULT '' NOT NULL, topic_by VARCHAR, 
	PRIMARY KEY (id)
);

CREATE INDEX issue_place ON issue (brand, topic, last_seen);

CREATE INDEX ix_issue_alias_of ON issue (alias_of);

CREATE INDEX ix_issue_founder ON issue (founder);

CREATE INDEX ix_issue_last_seen ON issue (last_seen);

CREATE TABLE issue_act (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	issue VARCHAR NOT NULL, 
	about JSON NOT NULL, 
	"before" JSON NOT NULL, 
	why VARCHAR NOT NULL, 
	undone_at DATETIME, 
	undone_by VARCHAR, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_issue_act_issue ON issue_act (issue);

CREATE TABLE issue_alarm (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	issue VARCHAR, 
	brand VARCHAR NOT NULL, 
	topic VARCHAR NOT NULL, 
	level VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	persons INTEGER NOT NULL, 
	expected FLOAT NOT NULL, 
	ratio FLOAT NOT NULL, 
	z FLOAT NOT NULL, 
	ended_at DATETIME, 
	told_persons INTEGER, 
	told_at DATETIME, 
	why_quiet VARCHAR, told_level VARCHAR, 
	PRIMARY KEY (id)
);

CREATE INDEX issue_alarm_key ON issue_alarm ("key", at);

CREATE INDEX ix_issue_alarm_issue ON issue_alarm (issue);

CREATE TABLE issue_episode (
	id INTEGER NOT NULL, 
	issue VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	opened_at DATETIME NOT NULL, 
	fixed_at DATETIME, 
	closed_at DATETIME, 
	root_cause VARCHAR, 
	PRIMARY KEY (id)
);

CREATE UNIQUE INDEX issue_episode_issue ON issue_episode (issue, number);

CREATE TABLE issue_link (
	id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	issue VARCHAR NOT NULL, 
	other VARCHAR, 
	mention INTEGER, 
	at DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	why VARCHAR NOT NULL, 
	undone_at DATETIME, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_issue_link_issue ON issue_link (issue);

CREATE INDEX ix_issue_link_mention ON issue_link (mention);

CREATE INDEX ix_issue_link_other ON issue_link (other);

CREATE TABLE issue_suggestion (
	id INTEGER NOT NULL, 
	issue VARCHAR NOT NULL, 
	other VARCHAR NOT NULL, 
	score FLOAT NOT NULL, 
	reason VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	verdict VARCHAR, 
	who VARCHAR, 
	decided_at DATETIME, 
	PRIMARY KEY (id)
);

CREATE UNIQUE INDEX issue_suggestion_pair ON issue_suggestion (issue, other);

CREATE TABLE issue_member (
	id INTEGER NOT NULL, 
	mention INTEGER NOT NULL, 
	issue VARCHAR, 
	version VARCHAR NOT NULL, 
	score FLOAT NOT NULL, 
	reason VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(mention) REFERENCES mention (id)
);

CREATE INDEX issue_member_mention ON issue_member (mention, id);

CREATE INDEX ix_issue_member_issue ON issue_member (issue);

CREATE TABLE favour (
	id INTEGER NOT NULL, 
	customer VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	side VARCHAR NOT NULL, 
	form VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	worth VARCHAR NOT NULL, 
	request INTEGER, 
	who VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_favour_customer ON favour (customer);

CREATE TABLE reference (
	customer VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	"before" VARCHAR, 
	since DATETIME NOT NULL, 
	drivers JSON NOT NULL, 
	owner VARCHAR NOT NULL, 
	why VARCHAR NOT NULL, 
	rests_until DATETIME, 
	review VARCHAR NOT NULL, 
	PRIMARY KEY (customer)
);

CREATE INDEX ix_reference_state ON reference (state);

CREATE TABLE reference_ask (
	id INTEGER NOT NULL, 
	customer VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	form VARCHAR NOT NULL, 
	asker VARCHAR NOT NULL, 
	driver VARCHAR NOT NULL, 
	request INTEGER, 
	delivery INTEGER, 
	expected FLOAT, 
	answer VARCHAR, 
	answered_at DATETIME, 
	why VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_reference_ask_request ON reference_ask (request);

CREATE INDEX reference_ask_customer ON reference_ask (customer, at);

CREATE TABLE reference_consent (
	id INTEGER NOT NULL, 
	customer VARCHAR NOT NULL, 
	form VARCHAR NOT NULL, 
	name BOOLEAN NOT NULL, 
	logo BOOLEAN NOT NULL, 
	quote BOOLEAN NOT NULL, 
	recording BOOLEAN NOT NULL, 
	until DATETIME, 
	at DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (customer, form)
);

CREATE TABLE reference_request (
	id INTEGER NOT NULL, 
	form VARCHAR NOT NULL, 
	wanted JSON NOT NULL, 
	needed_by DATETIME, 
	team VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	opened_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	outcome VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_reference_request_status ON reference_request (status);

CREATE TABLE reference_step (
	id INTEGER NOT NULL, 
	customer VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	why VARCHAR NOT NULL, 
	evidence JSON NOT NULL, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_reference_step_customer ON reference_step (customer);

CREATE TABLE reference_use (
	id INTEGER NOT NULL, 
	customer VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	place VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	looks_for JSON NOT NULL, 
	status VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	ended_at DATETIME, seen_at DATETIME, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_reference_use_customer ON reference_use (customer);

CREATE TABLE referral_click (
	code VARCHAR NOT NULL, 
	day DATE NOT NULL, 
	clicks INTEGER NOT NULL, 
	PRIMARY KEY (code, day)
);

CREATE TABLE referral_code (
	code VARCHAR NOT NULL, 
	customer VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	ended_at DATETIME, 
	PRIMARY KEY (code)
);

CREATE INDEX ix_referral_code_customer ON referral_code (customer);

CREATE TABLE referral_event (
	source VARCHAR NOT NULL, 
	event VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	what VARCHAR NOT NULL, 
	referral INTEGER, 
	PRIMARY KEY (source, event)
);

CREATE TABLE reference_booking (
	id INTEGER NOT NULL, 
	request INTEGER NOT NULL, 
	customer VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	ended_at DATETIME, 
	why VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(request) REFERENCES reference_request (id)
);

CREATE UNIQUE INDEX booking_held ON reference_booking (customer) WHERE status = 'held';

CREATE INDEX ix_reference_booking_request ON reference_booking (request);

CREATE TABLE takedown (
	id INTEGER NOT NULL, 
	use INTEGER NOT NULL, 
	customer VARCHAR NOT NULL, 
	cause VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	opened_at DATETIME NOT NULL, 
	look_at DATETIME, 
	looked_at DATETIME, 
	seen VARCHAR NOT NULL, 
	detail VARCHAR NOT NULL, 
	confirmed_at DATETIME, 
	confirmed_by VARCHAR NOT NULL, 
	told_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(use) REFERENCES reference_use (id)
);

CREATE INDEX ix_takedown_customer ON takedown (customer);

CREATE INDEX ix_takedown_look_at ON takedown (look_at);

CREATE UNIQUE INDEX takedown_open ON takedown (use) WHERE status = 'open';

CREATE TABLE opt_out (
	person VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	how VARCHAR NOT NULL, 
	PRIMARY KEY (person)
);

CREATE INDEX ix_customer_email ON customer (email);

CREATE INDEX ix_customer_added_at ON customer (added_at);

CREATE TABLE "handle" (
	platform VARCHAR NOT NULL, 
	handle VARCHAR NOT NULL, 
	customer VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	evidence VARCHAR NOT NULL, 
	confidence FLOAT NOT NULL, 
	state VARCHAR NOT NULL, 
	since DATETIME, 
	who VARCHAR NOT NULL, 
	PRIMARY KEY (platform, handle, customer)
);

CREATE INDEX handle_customer ON handle (customer);

CREATE TABLE purchase (
	id INTEGER NOT NULL, 
	customer VARCHAR NOT NULL, 
	product VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	number VARCHAR, 
	PRIMARY KEY (id), 
	UNIQUE (customer, product, at)
);

CREATE INDEX purchase_at ON purchase (at);

CREATE INDEX ix_purchase_number ON purchase (number);

CREATE TABLE campaign (
	id INTEGER NOT NULL, 
	issue VARCHAR NOT NULL, 
	episode INTEGER NOT NULL, 
	stage VARCHAR NOT NULL, 
	template VARCHAR NOT NULL, 
	wording VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	lists JSON NOT NULL, 
	scope JSON NOT NULL, 
	segment JSON NOT NULL, 
	reasons JSON NOT NULL, 
	audience INTEGER NOT NULL, 
	canary INTEGER NOT NULL, 
	per_hour INTEGER NOT NULL, 
	hold_seconds INTEGER NOT NULL, 
	status VARCHAR NOT NULL, 
	approvals JSON NOT NULL, 
	drafted_at DATETIME NOT NULL, 
	drafted_by VARCHAR NOT NULL, 
	began_at DATETIME, 
	held_until DATETIME, 
	ended_at DATETIME, 
	why VARCHAR NOT NULL, title VARCHAR, topic VARCHAR, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_campaign_issue ON campaign (issue);

CREATE INDEX ix_campaign_status ON campaign (status);

CREATE TABLE campaign_recipient (
	campaign INTEGER NOT NULL, 
	customer VARCHAR NOT NULL, 
	list VARCHAR NOT NULL, 
	place INTEGER NOT NULL, 
	excluded VARCHAR, 
	not_before DATETIME, 
	made_at DATETIME, 
	delivery INTEGER, 
	PRIMARY KEY (campaign, customer), 
	FOREIGN KEY(campaign) REFERENCES campaign (id)
);

CREATE INDEX campaign_queue ON campaign_recipient (campaign, made_at, place);

CREATE INDEX ix_campaign_recipient_customer ON campaign_recipient (customer);

CREATE TABLE issue_told (
	id INTEGER NOT NULL, 
	issue VARCHAR NOT NULL, 
	episode INTEGER NOT NULL, 
	stage VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	customer VARCHAR, 
	campaign INTEGER, 
	delivery INTEGER, 
	at DATETIME NOT NULL, 
	asked BOOLEAN NOT NULL, 
	answer VARCHAR, 
	answered_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (issue, episode, stage, person)
);

CREATE INDEX issue_told_person ON issue_told (person, stage);

CREATE INDEX ix_issue_told_campaign ON issue_told (campaign);

CREATE INDEX ix_issue_told_delivery ON issue_told (delivery);

CREATE INDEX ix_ticket_look_at ON ticket (look_at);

CREATE TABLE ticket_track (
	mark VARCHAR NOT NULL, 
	ticket INTEGER NOT NULL, 
	tracker VARCHAR NOT NULL, 
	"key" VARCHAR, 
	url VARCHAR, 
	status VARCHAR NOT NULL, 
	made_at DATETIME NOT NULL, 
	asked_at DATETIME, changed VARCHAR, 
	PRIMARY KEY (mark), 
	FOREIGN KEY(ticket) REFERENCES ticket (id)
);

CREATE INDEX ix_ticket_track_key ON ticket_track ("key");

CREATE INDEX ix_ticket_track_ticket ON ticket_track (ticket);

CREATE INDEX ix_ticket_track_tracker ON ticket_track (tracker);

CREATE INDEX mention_customer ON mention (customer, label, posted_at) WHERE customer IS NOT NULL;

CREATE TABLE recognised (
	mention INTEGER NOT NULL, 
	customer VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	evidence VARCHAR NOT NULL, 
	confidence FLOAT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (mention), 
	FOREIGN KEY(mention) REFERENCES mention (id)
);

CREATE INDEX ix_recognised_customer ON recognised (customer);

CREATE TABLE erased (
	digest VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (digest)
);

CREATE TABLE erasure_task (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	erasure VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	url VARCHAR, 
	done_at DATETIME, 
	who VARCHAR, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_erasure_task_erasure ON erasure_task (erasure);

CREATE TABLE issue_words (
	issue VARCHAR NOT NULL, 
	ground VARCHAR NOT NULL, 
	value JSON NOT NULL, 
	PRIMARY KEY (issue)
);

CREATE INDEX ix_issue_words_ground ON issue_words (ground);

CREATE TABLE "issue_state" (
	name VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	value JSON NOT NULL, dirty_since BIGINT, last BIGINT, 
	PRIMARY KEY (name)
);

CREATE INDEX ix_issue_state_dirty_since ON issue_state (dirty_since);

CREATE INDEX mention_issue ON mention (issue, duplicate_of, person, customer, posted_at) WHERE issue IS NOT NULL;

CREATE TABLE alert (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	rule VARCHAR, 
	about JSON NOT NULL, 
	grouped BOOLEAN NOT NULL, 
	wait FLOAT NOT NULL, 
	digest BOOLEAN NOT NULL, 
	opened_at DATETIME NOT NULL, 
	last_at DATETIME NOT NULL, 
	tell_at DATETIME, 
	told_at DATETIME, 
	times INTEGER NOT NULL, 
	mentions INTEGER NOT NULL, 
	told INTEGER NOT NULL, 
	sight VARCHAR NOT NULL, 
	told_sight VARCHAR NOT NULL, 
	acked_by VARCHAR, 
	acked_at DATETIME, 
	closed_at DATETIME, 
	PRIMARY KEY (id)
);

CREATE UNIQUE INDEX alert_open ON alert ("key") WHERE closed_at IS NULL;

CREATE INDEX alert_tell ON alert (tell_at);

CREATE TABLE posting (
	delivery INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	shown VARCHAR NOT NULL, 
	PRIMARY KEY (delivery)
);

CREATE INDEX ix_delivery_alert ON delivery (alert);

CREATE TABLE given (
	person VARCHAR NOT NULL, 
	item VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (person, item)
);

CREATE TABLE gift_stock (
	item VARCHAR NOT NULL, 
	given INTEGER NOT NULL, 
	PRIMARY KEY (item)
);

CREATE TABLE gift_sent (
	id INTEGER NOT NULL, 
	delivery VARCHAR NOT NULL, 
	item VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	customer VARCHAR, 
	offered_at DATETIME NOT NULL, 
	accepted_at DATETIME, 
	name VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	exported_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (delivery)
);

CREATE INDEX ix_gift_sent_person ON gift_sent (person);

CREATE INDEX mention_thread ON mention (thread);

CREATE TABLE "referral" (
	id INTEGER NOT NULL, 
	customer VARCHAR NOT NULL, 
	newcomer VARCHAR NOT NULL, 
	code VARCHAR, 
	source VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	signed_up_at DATETIME, 
	purchased_at DATETIME, 
	worth INTEGER NOT NULL, 
	earned INTEGER NOT NULL, 
	reward INTEGER, 
	why VARCHAR NOT NULL, 
	refunded_at DATETIME, 
	earned_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (newcomer)
);

CREATE INDEX referral_at ON referral (at);

CREATE INDEX ix_referral_earned_at ON referral (earned_at);

CREATE INDEX referral_customer ON referral (customer, at, status);

CREATE TABLE panel_member (
	customer VARCHAR NOT NULL, 
	panel VARCHAR NOT NULL, 
	joined_at DATETIME NOT NULL, 
	outcome VARCHAR NOT NULL, 
	outcome_at DATETIME, 
	who VARCHAR NOT NULL, 
	PRIMARY KEY (customer)
);

CREATE UNIQUE INDEX ix_reference_ask_delivery ON reference_ask (delivery);

CREATE INDEX ix_reference_step_at ON reference_step (at);

CREATE UNIQUE INDEX ix_ticket_note_mark ON ticket_note (mark);

CREATE TABLE issue_moved (
	id INTEGER NOT NULL, 
	issue VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	looked_at DATETIME, 
	PRIMARY KEY (id)
);

CREATE INDEX ix_issue_moved_looked_at ON issue_moved (looked_at);

CREATE INDEX handle_unlinked ON handle (state) WHERE state <> 'linked';

CREATE INDEX delivery_issue ON delivery (issue) WHERE issue IS NOT NULL;

CREATE TABLE issue_part (
	id INTEGER NOT NULL, 
	ground VARCHAR NOT NULL, 
	since BIGINT, 
	last BIGINT NOT NULL, 
	told JSON NOT NULL, 
	PRIMARY KEY (id)
);

CREATE INDEX issue_part_ground ON issue_part (ground, last);

CREATE TABLE issue_placed (
	ground VARCHAR NOT NULL, 
	mention INTEGER NOT NULL, 
	place BIGINT NOT NULL, 
	number BIGINT NOT NULL, 
	score FLOAT NOT NULL, 
	reason VARCHAR NOT NULL, 
	"before" VARCHAR, 
	PRIMARY KEY (ground, mention)
);

CREATE INDEX issue_placed_place ON issue_placed (ground, place);

CREATE INDEX issue_placed_number ON issue_placed (ground, number);

CREATE INDEX mention_topic ON mention (brand, topic, label, posted_at, person, own, duplicate_of) WHERE label IS NOT NULL AND decided_at IS NOT NULL;

CREATE UNIQUE INDEX issue_number ON issue (brand, fence, number);

INSERT INTO alembic_version (version_num) VALUES ('0033')