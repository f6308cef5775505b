"""What sources promise, and pitfalls known of them (formats-and-ecosystem.md), each with its test or a reason."""

from __future__ import annotations

ROWS: dict[str, dict[str, str]] = {
    "A2 JSON-LD": {
        "object, array, @graph; @type string or list": "test_json_ld.py::test_a_posting_is_found_wherever_it_stands",
        "raw newlines, CDATA guards, missing commas": "test_json_ld.py::test_the_usual_mistakes_are_mended",
        "double-escaped entities; strings, numbers, lists": "test_json_ld.py::test_values_of_any_type",
        "the type is not the first attribute": "test_json_ld.py::test_the_type_need_not_be_the_first_attribute",
        "403 on a first cold request": "test_fetch.py::test_a_first_request_that_is_refused_is_asked_once_more",
        "validThrough in the past": "test_json_ld.py::test_a_posting_past_its_last_day_is_over",
        "noindex": "test_json_ld.py::test_a_page_that_is_not_to_be_indexed_is_over",
        "404, 410": "test_career_site.py::test_jobs_that_are_over_are_left_out_and_told",
        "markup removed": "test_career_site.py::test_pages_without_a_posting_are_told_and_nothing_is_invented",
        "one job on several addresses": "test_career_site.py::test_one_job_at_two_addresses_is_one_job",
    },
    "A5 detection": {
        "an address of the ATS in the page": "test_ats_behind.py::test_found_by_a_link_or_a_mark",
        "an address that a person gives": "test_board_lies.py::test_a_persons_page_leads_to_the_list",
        "?gh_jid= and ashby_jid": "no: they name no board, so nothing could be read by them alone",
        "a probe is no evidence": "test_ats_behind.py::test_it_is_offered_and_the_reading_stays_what_it_was",
    },
    "B3 pitfalls": {
        "1 same title, other job": "../match/test_pairing.py::"
        "test_conflicting_employer_job_ids_are_never_a_pair_but_shown",
        "2 same job, several addresses": "test_career_site.py::test_one_job_at_two_addresses_is_one_job",
        "2 one requisition at several places": "test_real_feeds.py::"
        "test_a_storm_of_twins_is_kept_as_rows_of_their_requisitions",
        "3 a wrong field as id": "test_ats_boards.py::test_workdays_bullets_are_not_taken_for_ids",
        "4 a copy fails over when its twin closes": "../postings/test_same_lane.py::"
        "test_closes_when_the_last_source_drops_it",
        "5 a dead board, 200 for any name": "test_boards_and_faults.py::"
        "test_an_empty_board_is_whole_or_said_to_be_unproven",
        "5 a web page under 200": "test_ats_boards.py::test_a_web_page_under_200_is_not_an_empty_board",
        "5 an error in place of jobs": "test_empty_feeds.py::test_an_error_in_place_of_jobs_is_no_empty_feed",
        "5 the same in JSON": "test_odd_feeds.py::test_an_error_beside_an_empty_list_is_no_list_without_jobs",
        "5 a guard's check under 200": "test_career_site.py::test_a_check_of_who_asks_is_no_page_without_a_job",
        "5 jobs on another host": "test_career_site.py::"
        "test_a_sitemap_whose_jobs_are_all_on_another_host_is_no_site_without_jobs",
        "6 an empty answer deletes": "../snapshot/test_difference.py::"
        "test_however_often_and_long_an_empty_reading_is_a_persons_to_believe",
        "7 a cap on a list": "test_board_lies.py::test_over_the_cap_without_facets_is_not_whole",
        "7 pages in a circle": "test_boards_and_faults.py::test_pages_that_go_round_in_a_circle_are_seen",
        "7 429 on the second page": "test_boards_and_faults.py::test_a_fault_midway_leaves_it_partial_with_its_reason",
        "7 further pages of a list of any system": "test_json_pages.py::"
        "test_the_next_page_is_read_by_each_kind_of_link",
        "7 a further page that nobody asks for": "test_odd_feeds.py::test_a_list_that_says_it_goes_on_is_not_whole",
        "7 a further page without an address": "test_json_pages.py::test_a_page_without_an_address_is_not_guessed_at",
        "7 the same in XML": "test_empty_feeds.py::test_a_feed_that_says_there_is_more_is_not_whole",
        "7 the same with a mapping": "test_mapping.py::test_of_a_list_that_says_it_has_more_is_partial",
        "7 a saved part": "test_feeds_of_strangers.py::"
        "test_a_saved_part_that_is_as_long_as_parts_are_is_not_taken_for_the_whole",
        "8 a place that is none": "test_ats_boards.py::test_a_place_that_is_none_comes_from_the_offices",
        "9 duplicates across channels": "../match/test_pairing.py::test_the_same_text_once_on_each_side_is_a_pair",
        "10 slots run out": "../contracts/test_slots.py::"
        "test_fewer_slots_take_from_the_last_in_rank_and_leave_no_number_above",
        "11 an ATS corrupts what candidates wrote": "no: it happens in the ATS, after the application was delivered",
        "12, 13 applications lost, no status": "no: not of sources; tests/apply_connect/rows.py has them",
    },
    "B4 delisting": {
        "partial and failed never close": "../snapshot/test_difference.py::"
        "test_a_reading_that_is_not_whole_never_closes",
        "feed: after one whole miss; pages: after two": "test_reparse.py::"
        "test_a_page_that_two_readings_within_minutes_lack_stays_open",
        "a drop is held": "../snapshot/test_difference.py::test_a_reading_that_shrank_over_the_limit_is_always_held",
        "believed after six, and a day": "../snapshot/test_difference.py::"
        "test_enough_readings_that_say_the_same_for_a_day_are_believed",
        "404 and 410 are gone now": "test_board_lies.py::test_a_job_that_closed_since_the_list_was_told_is_gone",
        "other failures are never gone": "test_board_lies.py::test_one_that_cannot_be_read_is_unread_not_gone",
        "a job that comes back": "../snapshot/test_difference.py::"
        "test_a_job_that_opens_again_appears_and_one_that_stays_closed_does_not_vanish",
    },
    "4 bad input and hostility": {
        "XXE: a file, a host": "test_xml_feed.py::test_a_doctype_is_refused",
        "a DOCTYPE further on": "test_xml_feed.py::test_a_doctype_after_the_first_job_is_refused_too",
        "entity bombs": "test_xml_feed.py::test_entities_are_never_expanded",
        "XXE and bombs in a mapped feed": "test_hostility.py::test_a_mapped_feed_expands_no_entity",
        "a bomb of gzip in a feed": "test_xml_feed.py::test_a_bomb_of_compressed_zeros",
        "a bomb of gzip from HTTP": "test_fetch.py::test_a_bomb_of_compressed_zeros",
        "a bomb of gzip in a sitemap": "test_hostility.py::test_a_sitemap_that_is_too_much_is_not_whole",
        "a bomb of gzip in a mapped feed": "test_hostility.py::test_a_mapped_feed_of_compressed_zeros_is_left",
        "1 GB in one element": "test_xml_feed.py::test_one_giant_element_takes_no_more_memory_than_the_limit",
        "a field over the limit": "test_xml_feed.py::test_10_mb_in_one_field_cost_that_job_alone",
        "an element in an element, for ever": "test_xml_feed.py::test_depth_breaks_nothing",
        "what never ends, in feeds, JSON and pages": "test_fuzzed.py::"
        "test_a_storm_of_what_never_ends_costs_no_look_to_the_far_end_for_each",
        "pages that cost a parser far more than their size": "test_hostility.py::"
        "test_a_page_that_a_parser_would_pay_for_dearly_is_read_by_its_links",
        "descriptions of that kind": "test_hostility.py::"
        "test_a_description_that_a_parser_would_pay_for_dearly_is_plain_text",
        "JSON and CSV of more than memory holds": "test_hostility.py::"
        "test_what_would_take_gigabytes_of_memory_is_refused",
        "gzip in pieces of nothing": "test_hostility.py::test_gzip_in_a_million_pieces_is_left",
        "headers that drip, readings without an end": "test_hostility.py::"
        "test_headers_that_drip_and_a_reading_without_an_end_are_left",
        "what never ends, in a text": "test_fuzzed.py::test_a_storm_in_a_text_costs_no_look_to_its_end_for_each_sign",
        "what never ends, in a sitemap": "test_fuzzed.py::test_a_storm_in_a_sitemap_ends",
        "DNS that changes between check and connection": "test_fetch.py::"
        "test_a_name_that_changes_between_check_and_connection",
        "one private address among public ones": "test_fetch.py::"
        "test_a_host_with_one_private_address_among_public_ones",
        "loopback, private, link-local, CGNAT, 0.0.0.0; decimal, octal; mapped, NAT64, 6to4": "test_fetch.py::"
        "test_addresses_that_are_not_public",
        "any address": "test_fetch.py::test_only_public_addresses_are_permitted",
        "metadata, whatever is allowed": "test_fetch.py::"
        "test_the_permission_for_private_addresses_never_opens_metadata",
        "redirects to private addresses": "test_fetch.py::test_a_redirect_to_a_private_address",
        "redirects from https to private http": "test_fetch.py::"
        "test_a_redirect_from_https_to_http_is_not_followed_and_one_back_is",
        "redirects of a list that is posted for": "test_boards_and_faults.py::"
        "test_a_list_that_is_posted_for_follows_no_redirect_to_a_private_address",
        "redirects in a circle": "test_fetch.py::test_a_circle_of_redirects",
        "credentials in URLs, given or led to": "test_fetch.py::"
        "test_a_redirect_that_carries_credentials_or_another_scheme",
        "credentials in URLs are not kept": "test_hostility.py::test_an_address_with_a_password_is_not_kept",
        "script in every field of a feed": "test_xml_feed.py::test_script_is_neutralised_in_every_field",
        "script in every field of every ATS board": "test_boards_and_faults.py::"
        "test_a_script_in_every_field_is_neutral",
        "script in every field of every kind, on the pages": "../board/test_hostile_sources.py::"
        "test_nothing_that_any_source_says_runs_on_a_page",
        "nothing unpublished because of it": "../snapshot/test_difference.py::"
        "test_a_reading_that_is_not_whole_never_closes",
        "any bytes": "test_fuzzed.py::test_pieces_of_markup_in_any_order_are_read_or_refused",
    },
    "4.1 feeds": {
        "Indeed": "test_xml_feed.py::test_indeed",
        "LinkedIn, expectedJobCount": "test_xml_feed.py::test_linkedin_and_its_count",
        "Personio": "test_xml_feed.py::test_personio",
        "Teamtailor": "test_xml_feed.py::test_teamtailor",
        "SuccessFactors": "test_xml_feed.py::test_successfactors",
        "Atom": "test_xml_feed.py::test_atom",
        "the others, and those of strangers": "test_feeds_of_strangers.py::test_it_is_read_right",
        "JSON of strangers": "test_feeds_of_strangers.py::test_an_answer_in_json_is_read_right",
        "shapes that nobody knows": "test_odd_feeds.py::test_it_is_read_right",
        "or refused clearly": "test_odd_feeds.py::test_it_is_refused_with_what_to_do",
        "a mapping, guessed, corrected, previewed": "../console/test_mapping.py::"
        "test_previews_without_keeping_and_keeps_when_told",
        "the same by command": "../commands/test_mapping.py::test_an_unknown_feed_is_mapped_and_read",
        "tags in any case": "test_xml_feed.py::test_names_in_any_case_and_with_hyphens",
        "dates that can be read two ways": "test_mapping.py::"
        "test_dates_that_can_all_be_read_two_ways_are_said_to_be_unclear",
        "changes only": "../migration/test_feed_of_changes.py::"
        "test_it_moves_once_everything_was_told_and_a_job_closes_by_the_feeds_word_alone",
        "gz": "test_registry.py::test_a_feed_plain_or_compressed",
        "wrong encodings": "test_encoding.py::test_any_name_may_be_declared_or_told_by_the_server",
        "leading junk": "test_xml_feed.py::test_text_before_the_feed",
        "one bad job": "test_xml_feed.py::test_a_record_without_its_end_tag_does_not_spoil_the_next",
        "the real feeds, with their counts": "test_real_feeds.py::test_every_file_is_read_with_its_count",
    },
    "4.2 career sites": {
        "a sitemap": "test_career_site.py::test_every_page_of_the_sitemap_is_read",
        "an index, gz": "test_career_site.py::test_an_index_of_compressed_sitemaps_named_by_robots",
        "listing pages": "test_career_site.py::test_links_and_further_pages_are_followed",
        "microdata": "test_page_markup.py::test_a_page_with_microdata_alone_is_read",
        "RDFa": "test_page_markup.py::test_a_page_with_rdfa_alone_is_read_and_what_is_for_others_is_none_of_it",
        "a posting told twice": "test_page_markup.py::test_what_a_page_tells_twice_is_one_job",
        "canonical addresses": "test_page_markup.py::test_the_canonical_address",
        "conditional GET": "test_reparse.py::"
        "test_an_unchanged_career_site_is_read_whole_for_a_few_bytes_until_it_is_time_for_all",
        "robots": "test_career_site.py::test_a_client_error_allows_everything_a_server_error_nothing",
        "a pace for each host": "test_fetch.py::test_one_host_is_asked_no_faster_than_the_rules_say",
        "a polite user agent": "test_fetch.py::test_it_says_who_it_is",
        "a record of consent": "../console/test_company.py::test_tells_on_whose_word_it_is_read",
    },
    "4.3 ATS boards": {
        "each is read whole": "test_boards_and_faults.py::test_a_board_that_answers_is_read_whole",
        "429, 5xx, truncated, slow, of a wrong type": "test_boards_and_faults.py::"
        "test_a_fault_from_the_start_fails_with_its_reason",
        "double-encoded content": "test_ats_boards.py::test_content_is_decoded_twice_and_sanitised",
        "a row for each place": "test_ats_boards.py::test_a_row_for_each_place_is_kept_as_one_requisition",
    },
    "4.4 readings judged": {
        "held, shown with a picture": "../console/test_company.py::test_draws_the_job_counts_of_each_source",
        "released by a person": "../console/test_company.py::test_is_shown_with_its_reason_and_accepted",
        "drift": "../snapshot/test_drift.py::test_what_is_held",
    },
    "4.5 scheduling": {
        "jitter, back-off": "../background/test_due.py::test_a_wait_is_never_longer_than_it_may_be",
        "drift apart": "../background/test_due.py::"
        "test_sources_that_were_due_at_once_drift_apart_and_none_is_read_late",
        "conditional": "test_not_modified.py::test_unchanged_is_whole_and_fresh_and_bounded",
        "many workers, one that dies": "../background/test_queue.py::test_a_dead_workers_item_is_done_by_another",
        "read now": "../background/test_due.py::"
        "test_what_a_person_asks_for_goes_before_all_that_is_only_due_also_its_own",
        "never two at once, 10,000 due": "no: bench/schedule.py shows it, with the server of the feeds as witness",
    },
    "4.6 more than one": {
        "twins of one lane, the higher rank shows": "../postings/test_same_lane.py::"
        "test_is_shown_by_the_higher_rank_at_the_same_address",
        "a consolidated feed": "../consolidated/test_handing.py::"
        "test_gives_each_company_its_own_jobs_and_the_holder_none",
        "the unknown counted": "../consolidated/test_handing.py::test_counts_what_nobody_here_is_named_for",
    },
    "4.7 one shape": {
        "provenance of each field": "test_origins.py::"
        "test_a_feed_says_which_of_its_elements_became_which_field_and_in_how_many_records",
        "descriptions sanitised, as text": "test_text.py::test_descriptions",
        "places": "test_xml_feed.py::test_places_are_one_line",
        "employment type": "test_terms.py::test_how_a_job_is_held_is_told_in_the_words_of_schema_org",
        "workplace": "test_text.py::test_workplaces",
        "salary, the original kept": "test_terms.py::"
        "test_every_kind_of_source_tells_the_terms_in_one_vocabulary_and_keeps_what_was_said",
        "parsed again from what is kept": "test_reparse.py::"
        "test_a_corrected_mapping_is_applied_to_what_was_read_and_makes_nothing_fresher",
    },
}
