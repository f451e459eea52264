-- Teams, skills and groups as objects. Whatever names one makes it, so that a name that is used always has its object:
-- agents and queues are written by more than one hand, and none of them has to think of it.

CREATE TABLE teams (
  id          text PRIMARY KEY,
  name        text NOT NULL,
  description text,
  revision    integer NOT NULL DEFAULT 1,
  updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE skills (LIKE teams INCLUDING ALL);
CREATE TABLE agent_groups (LIKE teams INCLUDING ALL);

CREATE FUNCTION name_labels(teams_named text[], skills_named jsonb, groups_named jsonb) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO teams (id, name) SELECT DISTINCT id, id FROM unnest(teams_named) AS id
    WHERE id IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO skills (id, name) SELECT id, id FROM jsonb_object_keys(coalesce(skills_named, '{}')) AS id
    ON CONFLICT DO NOTHING;
  INSERT INTO agent_groups (id, name) SELECT DISTINCT id, id FROM jsonb_array_elements_text(coalesce(groups_named, '[]')) AS id
    ON CONFLICT DO NOTHING;
$$;

CREATE FUNCTION name_labels_of_agent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM name_labels(ARRAY[NEW.settings->>'team'], NEW.skills, NEW.settings->'groupIds');
  RETURN NULL;
END $$;
CREATE TRIGGER agents_name_labels AFTER INSERT OR UPDATE OF skills, settings ON agents
  FOR EACH ROW EXECUTE FUNCTION name_labels_of_agent();

CREATE FUNCTION name_labels_of_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM name_labels('{}', NEW.settings->'requiredSkills',
    jsonb_path_query_array(NEW.settings, '$.relaxation[*].addGroups[*]'));
  RETURN NULL;
END $$;
CREATE TRIGGER queues_name_labels AFTER INSERT OR UPDATE OF settings ON queues
  FOR EACH ROW EXECUTE FUNCTION name_labels_of_queue();

CREATE FUNCTION name_teams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM name_labels(NEW.teams, NULL, NULL);
  RETURN NULL;
END $$;
CREATE TRIGGER users_name_teams AFTER INSERT OR UPDATE OF teams ON users
  FOR EACH ROW EXECUTE FUNCTION name_teams();
CREATE TRIGGER api_keys_name_teams AFTER INSERT OR UPDATE OF teams ON api_keys
  FOR EACH ROW EXECUTE FUNCTION name_teams();

SELECT name_labels(ARRAY[settings->>'team'], skills, settings->'groupIds') FROM agents;
SELECT name_labels('{}', settings->'requiredSkills',
  jsonb_path_query_array(settings, '$.relaxation[*].addGroups[*]')) FROM queues;
SELECT name_labels(teams, NULL, NULL) FROM users;
SELECT name_labels(teams, NULL, NULL) FROM api_keys;
